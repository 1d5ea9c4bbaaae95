/** Time, as the way to the meter has it; one and the same for all of acquisition. */
export { afterListening, every, settlesWithin, systemTimers, type Timers } from '@elmetron/link';
