/** docs/api.md, made of what the API of the dashboard says of itself (OpenAPI): npm run docs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { run } from './command.mjs';
import { ROOT } from './project.mjs';

export const API_PAGE = join(ROOT, 'docs', 'api.md');

/**
 * The part of OpenAPI 3.1 that is used here.
 * @typedef {{ $ref?: string, type?: string | string[], enum?: unknown[], items?: Schema, anyOf?: Schema[], properties?: Record<string, Schema>, required?: string[], description?: string, default?: unknown, minimum?: number, maximum?: number, minLength?: number, maxLength?: number, pattern?: string, const?: unknown }} Schema
 * @typedef {{ name: string, in: string, required?: boolean, schema: Schema, description?: string }} Parameter
 * @typedef {{ schema?: Schema }} Media
 * @typedef {{ summary: string, description?: string, tags: string[], parameters?: Parameter[], requestBody?: { content: Record<string, Media> }, responses: Record<string, { content?: Record<string, Media> }> }} Operation
 * @typedef {{ tags: { name: string, description: string }[], paths: Record<string, Record<string, Operation>>, components: { schemas: Record<string, Schema> } }} Api
 */

const HEAD = `# API of the dashboard

What the page asks for, and what a program of yours may ask for as well. Made by \`npm run docs\` from the OpenAPI 3.1
description that the dashboard itself gives at \`/api/openapi.json\`. The page and the API are at
\`http://127.0.0.1:8050/\` (\`[dashboard]\` of the configuration; see [operations.md](operations.md#the-page)).

\`\`\`sh
curl -s http://127.0.0.1:8050/api/sessions?limit=3
curl -sN http://127.0.0.1:8050/api/live
curl -s -H 'content-type: application/json' -d '{"text": "new buffer solution"}' \\
  http://127.0.0.1:8050/api/sessions/SESSION/notes
\`\`\`

- Times that are numbers are ms since 1970, UTC; times that are texts are ISO 8601, UTC. Units and values are as the
  meter displays them.
- Where \`dashboard.token\` is set, each request says it: \`Authorization: Bearer TOKEN\`.
- Everything but notes and metadata is for reading. Whatever is sent has to be \`application/json\`, 16 KiB at most.
- An answer that is an error is an [Error](#error): 400 what was asked is not understood, 401 a token is needed, 403
  asked under a foreign name or by a foreign page, 404 not there, 413 and 415 of the body, 429 too often, 500 a mistake
  of ours, 503 not now.
`;

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** @param {readonly string[]} heads @param {readonly (readonly string[])[]} rows */
function table(heads, rows) {
  if (rows.length === 0) return '';
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''].join('\n');
}

/** A schema as a word or two. @param {Schema} schema @returns {string} */
function typeOf(schema) {
  const { $ref, type, enum: choice, items, anyOf } = schema;
  if ($ref !== undefined) return named($ref);
  if (choice !== undefined) return choice.map((one) => `\`${JSON.stringify(one)}\``).join(' or ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' or ');
  if (type === 'array') return `list of ${together(typeOf(items ?? {}))}`;
  if (type === 'object' && schema.properties !== undefined) return 'object, see below';
  return type ?? 'anything';
}

/** @param {string} type */
const together = (type) => (type.includes(' or ') ? `(${type})` : type);

/** @param {string} ref */
function named(ref) {
  const name = ref.replace('#/components/schemas/', '');
  return `[${name}](#${name.toLowerCase()})`;
}

/** What a value has to be beside its type. @param {Schema} schema */
function bounds({ minimum, maximum, minLength, maxLength, default: usual, type }) {
  const safe = (/** @type {number | undefined} */ n) =>
    n !== undefined && Math.abs(n) < Number.MAX_SAFE_INTEGER ? n : undefined;
  const [least, most] = [safe(minimum), safe(maximum)];
  const said = [];
  if (least !== undefined && most !== undefined) said.push(`${least} to ${most}`);
  else if (least !== undefined) said.push(`${least} or more`);
  else if (most !== undefined) said.push(`${most} or less`);
  if (type === 'string' && maxLength !== undefined)
    said.push(`${minLength ?? 0} to ${maxLength} characters`);
  if (usual !== undefined) said.push(`\`${JSON.stringify(usual)}\` if not said`);
  return said.join(', ');
}

/** @param {Schema} schema @param {boolean} required */
function meaningOf(schema, required) {
  const said = (schema.description ?? '').replace(/\.$/, '');
  return [said, required ? '' : 'optional', bounds(schema)].filter(Boolean).join('; ');
}

/** The fields of an object, those of objects in it by their path. @param {Schema} schema @param {string} at @returns {string[][]} */
function fieldsOf(schema, at = '') {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${at}${name}`;
    const meaning = meaningOf(field, required.includes(name));
    const inner = field.type === 'array' ? field.items : field;
    const deeper = fieldsOf(inner ?? {}, `${path}${field.type === 'array' ? '[]' : ''}.`);
    const type = deeper.length > 0 && field.type === 'array' ? 'list of objects' : typeOf(field);
    return [[`\`${path}\``, type.replace(', see below', ''), meaning], ...deeper];
  });
}

/** @param {string} path @param {string} method @param {Operation} operation */
function operationText(path, method, operation) {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const inOrder = [...parameters].sort((a, b) => a.in.localeCompare(b.in));
  const rows = inOrder.map(({ name, in: where, required = false, schema, description: said }) => [
    `\`${name}\``,
    where,
    typeOf(schema),
    meaningOf(said === undefined ? schema : { ...schema, description: said }, required),
  ]);
  const body = requestBody?.content['application/json']?.schema;
  const [answer] = Object.entries(responses['200']?.content ?? {});
  const gives =
    answer === undefined
      ? ''
      : `Answers with ${answer[0] === 'application/json' ? typeOf(answer[1].schema ?? {}) : `\`${answer[0]}\``}.`;
  return [
    `### ${method.toUpperCase()} ${path}`,
    '',
    summary,
    ...(description === undefined ? [] : ['', description]),
    '',
    table(['parameter', 'in', 'type', 'meaning'], rows),
    ...(body === undefined
      ? []
      : ['The body:', '', table(['field', 'type', 'meaning'], fieldsOf(body))]),
    gives,
    '',
  ].join('\n');
}

/** @param {Api} api @param {{ name: string, description: string }} tag */
function tagText({ paths }, { name, description }) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(name))
      .map(([method, operation]) => operationText(path, method, operation)),
  );
  return [`## ${name}`, '', description, '', ...operations].join('\n');
}

/** @param {Api} api */
function typesText({ components }) {
  const types = Object.entries(components.schemas).map(([name, schema]) =>
    [
      `### ${name}`,
      '',
      schema.description ?? '',
      '',
      table(['field', 'type', 'meaning'], fieldsOf(schema)),
    ].join('\n'),
  );
  return ['## What is answered', '', ...types].join('\n');
}

/** The page as it should be, in the project's format. */
export async function apiPage() {
  const described = await run('the description of the API', [
    process.execPath,
    join(ROOT, 'apps/dashboard/dist/describe.js'),
  ]);
  /** @type {Api} */
  const api = JSON.parse(described);
  const text = [HEAD, ...api.tags.map((tag) => tagText(api, tag)), typesText(api)].join('\n');
  const config = await resolveConfig(API_PAGE);
  return await format(text, { ...config, parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(API_PAGE, await apiPage());
}
