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

/** What has a name of its own in the description, and what it is. */
const NAMED: Readonly<Record<string, readonly [schema: z.ZodType, description: string]>> = {
  Hello: [helloSchema, 'That the server is there.'],
  Meter: [meterSchema, 'One meter, and whether it is being recorded.'],
  Reason: [reasonSchema, 'Something that is not as it should be; see states.md.'],
  Reading: [liveReadingSchema, 'A reading as it comes.'],
  Mark: [
    markSchema,
    'Something that happened at a moment of a curve. What lasts comes a second time when it is over: the same `kind`, `session` and `at`, with its `until`.',
  ],
  Curve: [curveSchema, 'Readings over time, of the values and of the temperatures.'],
  Series: [
    seriesSchema,
    'One quantity over time, in columns of one length. Where readings are missing for longer than their usual distance a point with nulls stands between them, so that a line drawn through it is broken.',
  ],
  Sessions: [sessionsSchema, 'A page of the list.'],
  SessionRow: [sessionRowSchema, 'A recorded session.'],
  Session: [sessionSchema, 'A session with what is known of it, and what happened in it.'],
  Statistics: [statisticsSchema, 'Of a whole session.'],
  UnitStatistics: [unitStatisticsSchema, 'What was measured in one unit.'],
  Added: [addedSchema, 'It is durable.'],
  System: [systemSchema, 'How the whole is.'],
  Bench: [benchSchema, 'One configuration: its processes, and what lies on the disks.'],
  Process: [processSchema, 'What a process says of itself, or that it says nothing.'],
  Log: [logSchema, 'The end of a log.'],
  Error: [errorSchema, 'The body of every answer that is an error.'],
};

for (const [id, [schema, description]] of Object.entries(NAMED))
  z.globalRegistry.add(schema, { id, description });

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
    transformObject: (document) => withoutInputs(jsonSchemaTransformObject(document)),
  };
}

export function describeApi(app: App): void {
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

type Description = ReturnType<typeof jsonSchemaTransformObject>;

/** Nothing that has a name is ever sent here: the forms in which it would be are left out. */
function withoutInputs(description: Description): Description {
  const { components = {} } = description as {
    readonly components?: { readonly schemas?: object };
  };
  const schemas = Object.fromEntries(
    Object.entries(components.schemas ?? {}).filter(([name]) => !name.endsWith('Input')),
  );
  return { ...description, components: { ...components, schemas } };
}
