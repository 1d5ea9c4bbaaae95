#!/usr/bin/env node
/** The bench as a program: options in, measurements run, table, JSON and chart out. */
import { bench } from './bench.js';
import { measurements } from './measurements/index.js';
import { parseOptions } from './options.js';

const names = measurements.map(({ name }) => name);
process.exitCode = await bench(parseOptions(process.argv.slice(2), names), measurements);
