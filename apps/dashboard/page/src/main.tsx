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
