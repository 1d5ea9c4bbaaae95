import { STATE_NAMES, worstOf } from '../live/recording.js';
import { useStore } from '../live/use-store.js';
import { HOMES, type Route } from './route.js';
import { chooseTheme, themeNow, themeTopic } from './theme.js';
import { useTopic } from './use-topic.js';

const SECTIONS = [
  { name: 'Live', views: ['live'], href: HOMES.live },
  {
    name: 'Sessions',
    views: ['sessions', 'session', 'compare'],
    href: HOMES.sessions,
  },
  { name: 'System', views: ['system'], href: HOMES.system },
];

export function Header({ route }: { route: Route }) {
  return (
    <header class="top">
      <a class="brand" href={HOMES.live} aria-label="Elmetron, to the live view">
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path
            d="M2 13h5l3-8 4 14 3-9 2 3h3"
            fill="none"
            stroke="currentColor"
            stroke-width="2.2"
          />
        </svg>
        <span class="brand-name">Elmetron</span>
      </a>
      <nav aria-label="Views">
        <ul>
          {SECTIONS.map(({ name, views, href }) => (
            <li key={name}>
              <a href={href} aria-current={views.includes(route.view) ? 'page' : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <WholeState />
      <ThemeSwitch />
    </header>
  );
}

/** How all meters are, in every view: the state of the one that is worst off. */
function WholeState() {
  const store = useStore();
  useTopic(store.metersTopic);
  useTopic(store.connectionTopic);
  if (store.lost)
    return (
      <p class="whole" data-state="unknown">
        <span class="dot" aria-hidden="true" />
        <span class="whole-text">No connection</span>
      </p>
    );
  const states = store.meters.map(({ meter }) => meter.recording.state);
  const worst = worstOf(states);
  if (worst === null) return null;
  const same = states.filter((state) => state === worst).length;
  const which = same === states.length ? `All ${same}` : `${same} of ${states.length}`;
  const count = states.length > 1 ? `${which}: ` : '';
  return (
    <p class="whole" data-state={worst}>
      <span class="dot" aria-hidden="true" />
      <span class="whole-text">
        {count}
        {STATE_NAMES[worst]}
      </span>
    </p>
  );
}

function ThemeSwitch() {
  useTopic(themeTopic);
  const dark = themeNow() === 'dark';
  return (
    <button
      type="button"
      class="plain theme"
      role="switch"
      aria-checked={dark}
      aria-label="Dark colours"
      title={dark ? 'Light colours' : 'Dark colours'}
      onClick={() => chooseTheme(dark ? 'light' : 'dark')}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2" />
        <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
      </svg>
    </button>
  );
}
