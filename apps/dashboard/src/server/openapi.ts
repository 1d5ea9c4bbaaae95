/** The API says of itself what it is: OpenAPI 3.1, made of the schemas that check it. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { helloSchema, meterSchema, reasonSchema } from '../api/live.js';
import {
  curveSchema,
  errorSchema,
  liveReadingSchema,
  markSchema,
  seriesSchema,
} from '../api/readings.js';
import {
  addedSchema,
  sessionRowSchema,
  sessionSchema,
  sessionsSchema,
  statisticsSchema,
  unitStatisticsSchema,
} from '../api/sessions.js';
import { benchSchema, logSchema, processSchema, systemSchema } from '../api/system.js';
import type { App } from './app.js';

const NAMED = {
  Reason: reasonSchema,
  Meter: meterSchema,
  Hello: helloSchema,
  Reading: liveReadingSchema,
  Series: seriesSchema,
  Curve: curveSchema,
  Mark: markSchema,
  Error: errorSchema,
  SessionRow: sessionRowSchema,
  Sessions: sessionsSchema,
  Session: sessionSchema,
  UnitStatistics: unitStatisticsSchema,
  Statistics: statisticsSchema,
  Added: addedSchema,
  Process: processSchema,
  Bench: benchSchema,
  System: systemSchema,
  Log: logSchema,
};

for (const [id, schema] of Object.entries(NAMED)) z.globalRegistry.add(schema, { id });

/** What any question may be answered with. */
export const errorResponses = { '4xx': errorSchema, '5xx': errorSchema };

export function openApi(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Elmetron dashboard',
        version,
        description:
          'What the page asks for: live readings, recorded sessions, the state of the processes. Only notes and metadata can be written. Times that are numbers are ms since 1970, UTC; texts are ISO 8601, UTC.',
      },
      tags: [
        { name: 'live', description: 'What is measured now.' },
        { name: 'sessions', description: 'What was recorded, and what people say of it.' },
        { name: 'system', description: 'How the processes are.' },
        { name: 'login', description: 'Only where a token is needed (dashboard.token).' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  };
}

export function describeApi(app: App): void {
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
