/** What the server can be asked, one function each. Paths are relative: the page may be served anywhere. */
import type { Curve } from '../../../src/api/readings.js';
import type { Added, Session, SessionsPage, Statistics } from '../../../src/api/sessions.js';
import type { LogLines, System } from '../../../src/api/system.js';
import { ask, send } from './client.js';

export const LIVE = 'api/live';

type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function query(values: Values): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') parts.set(key, String(value));
  return parts.size === 0 ? '' : `?${parts.toString()}`;
}

const sessionPath = (session: string): string => `api/sessions/${encodeURIComponent(session)}`;

export const getHistory = async (
  of: { source: string; seconds: number; points: number },
  signal?: AbortSignal,
): Promise<Curve> => (await ask(`api/live/history${query(of)}`, signal)) as Curve;

export const getSessions = async (
  of: {
    source?: string;
    search?: string;
    emulated?: boolean | null;
    limit?: number;
    after?: string;
  },
  signal?: AbortSignal,
): Promise<SessionsPage> => (await ask(`api/sessions${query(of)}`, signal)) as SessionsPage;

export const getSession = async (session: string, signal?: AbortSignal): Promise<Session> =>
  (await ask(sessionPath(session), signal)) as Session;

export const getCurve = async (
  session: string,
  of: { from?: number; to?: number; points: number },
  signal?: AbortSignal,
): Promise<Curve> => (await ask(`${sessionPath(session)}/curve${query(of)}`, signal)) as Curve;

export const getStatistics = async (session: string, signal?: AbortSignal): Promise<Statistics> =>
  (await ask(`${sessionPath(session)}/statistics`, signal)) as Statistics;

export interface ExportOf {
  readonly format: 'csv' | 'jsonl' | 'xlsx' | 'parquet';
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly time_zone?: string | undefined;
  readonly separator?: string | undefined;
  readonly decimal?: string | undefined;
}

export const exportHref = (session: string, of: ExportOf): string =>
  `${sessionPath(session)}/export${query({ ...of })}`;

export const addNote = async (
  session: string,
  note: { text: string; author?: string; at?: number },
): Promise<Added> => (await send(`${sessionPath(session)}/notes`, note)) as Added;

export const setMetadata = async (
  session: string,
  of: { key: string; value: string | number | null; author?: string },
): Promise<Added> => (await send(`${sessionPath(session)}/metadata`, of)) as Added;

export const getSystem = async (signal?: AbortSignal): Promise<System> =>
  (await ask('api/system', signal)) as System;

export const getLog = async (
  of: { bench: string; process: string; lines: number },
  signal?: AbortSignal,
): Promise<LogLines> => (await ask(`api/log${query(of)}`, signal)) as LogLines;

export const login = async (token: string): Promise<void> => {
  await send('api/login', { token });
};
