import { expect, it } from 'vitest';
import { pageUrl } from './page-url.js';

it('is opened by a browser of this computer at', () => {
  expect(pageUrl('127.0.0.1', 8050)).toBe('http://127.0.0.1:8050/');
  expect(pageUrl('0.0.0.0', 80)).toBe('http://127.0.0.1:80/');
  expect(pageUrl('::1', 8050)).toBe('http://[::1]:8050/');
});
