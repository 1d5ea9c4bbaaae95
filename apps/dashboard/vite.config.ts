import { defineConfig } from 'vite';

/** The page: everything that a browser gets, in page/dist, which the server hands out. */
export default defineConfig({
  root: 'page',
  // Everything is asked for relative to the page, wherever that is served.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy allows no data: URLs, and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
