/**
 * The page: what the server says, shown.
 *
 * ```
 *   api/live (events) ──▶ LiveStore ──▶ LiveMeter: reading, LiveCurve, marks ──▶ live view
 *   api/live/history ───────────────────────┘
 *   api/sessions, api/system, … ──▶ each view asks for its own
 *   a picture (lines, marks) ──▶ Curve ──▶ Frames: whose turn it is ──▶ uPlot
 * ```
 */
import { render } from 'preact';
import { App } from './app/app.js';
import { startTheme } from './app/theme.js';
import { LiveStore } from './live/live-store.js';
import './look/index.css';

startTheme();
const store = new LiveStore();
const root = document.getElementById('page');
if (root !== null) render(<App store={store} />, root);
store.start();
