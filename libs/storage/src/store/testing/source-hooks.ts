/**
 * Loader hooks by which a thread runs the sources as they are now: a test of the thread then needs
 * no build, and never tests a stale one.
 */
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

let javascript: Readonly<Record<string, string>> = {};

/** @param data by the URL of each source file, what it is without its types */
export const initialize: InitializeHook<Readonly<Record<string, string>>> = (data) => {
  javascript = data;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const fromSource = context.parentURL?.endsWith('.ts') === true && specifier.startsWith('.');
  const name = fromSource ? specifier.replace(/\.js$/, '.ts') : specifier;
  return await next(name, { ...context, conditions: [...context.conditions, '@elmetron/source'] });
};

export const load: LoadHook = async (url, context, next) => {
  const source = javascript[url];
  if (source === undefined) return await next(url, context);
  return { format: 'module', source, shortCircuit: true };
};
