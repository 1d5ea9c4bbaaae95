export { ZoneClock } from './zone-clock.js';
