/**
 * Every way in which one line of a buffer can be damaged: a bit of each of its regions, the line as
 * a whole, and bytes that come between. Each says what it touched, so that a test can tell what has
 * to survive.
 */

export interface Damaged {
  readonly bytes: Buffer;
  /** Indices of the lines that can no longer be read. */
  readonly lost: readonly number[];
  /** Where their remains lie in `bytes`; empty when nothing is left of them. */
  readonly from: number;
  readonly to: number;
}

/** @param lines with their newlines; `undefined` where the damage makes no sense there */
export type Damage = (lines: readonly Buffer[], index: number) => Damaged | undefined;

const NEWLINE = Buffer.from('\n');

/** The line replaced by `bytes`; `lost` lines from it on cannot be read then. */
function replaced(
  lines: readonly Buffer[],
  index: number,
  bytes: Buffer,
  { taken = 1, lost = taken }: { readonly taken?: number; readonly lost?: number } = {},
): Damaged {
  const before = Buffer.concat(lines.slice(0, index));
  const after = Buffer.concat(lines.slice(index + taken));
  return {
    bytes: Buffer.concat([before, bytes, after]),
    lost: Array.from({ length: lost }, (_, i) => index + i),
    from: before.length,
    to: before.length + (lost === 0 ? 0 : bytes.length),
  };
}

/** Turns over the bits of `mask` in the byte that `place` finds. */
function flipped(place: (line: Buffer) => number, mask: number): Damage {
  return (lines, index) => {
    const line = Buffer.from(lines[index] ?? NEWLINE);
    const at = place(line);
    line[at] = (line[at] ?? 0) ^ mask;
    return replaced(lines, index, line);
  };
}

/** Puts `bytes` into the middle of the line. */
function inserted(bytes: readonly number[]): Damage {
  return (lines, index) => {
    const line = lines[index] ?? NEWLINE;
    const middle = Math.floor(line.length / 2);
    const parts = [line.subarray(0, middle), Buffer.from(bytes), line.subarray(middle)];
    return replaced(lines, index, Buffer.concat(parts));
  };
}

/** Overwrites the middle third of the line. */
function overwritten(byte: number): Damage {
  return (lines, index) => {
    const line = Buffer.from(lines[index] ?? NEWLINE);
    const third = Math.floor(line.length / 3);
    line.fill(byte, third, 2 * third);
    return replaced(lines, index, line);
  };
}

const after = (text: string, more = 0) => {
  return (line: Buffer): number => line.indexOf(text) + text.length + more;
};

const PLACES: Readonly<Record<string, (line: Buffer) => number>> = {
  'the opening brace': () => 0,
  'the value of v': after('"v":'),
  'the value of type': after('"type":"'),
  'the value of session': after('"session":"', 10),
  'the value of seq': after('"seq":'),
  'a structural character': after('"seq"'),
  'a value of a field': (line) =>
    Math.floor((after('"seq":')(line) + line.lastIndexOf(',"crc"')) / 2),
  'the key of crc': (line) => line.lastIndexOf('"crc"') + 1,
  'a digit of crc': (line) => line.lastIndexOf('"crc":"') + 9,
  'the closing brace': (line) => line.length - 2,
};

const BITS: Readonly<Record<string, number>> = { 'lowest bit': 0x01, 'highest bit': 0x80 };

function flips(): [string, Damage][] {
  return Object.entries(PLACES).flatMap(([where, place]) =>
    Object.entries(BITS).map(([bit, mask]): [string, Damage] => [
      `${where}: ${bit}`,
      flipped(place, mask),
    ]),
  );
}

export const DAMAGES: ReadonlyMap<string, Damage> = new Map<string, Damage>([
  ...flips(),
  ['a NUL in the middle', inserted([0x00])],
  ['0xFF in the middle', inserted([0xff])],
  ['a newline in the middle', inserted([0x0a])],
  ['four kilobytes of zeros in the middle', inserted(Array.from({ length: 4096 }, () => 0))],
  ['a third of it zeros', overwritten(0x00)],
  ['a third of it 0xFF', overwritten(0xff)],
  ['a third of it newlines', overwritten(0x0a)],
  [
    'cut short before its newline',
    (lines, i) => {
      const line = lines[i] ?? NEWLINE;
      const half = line.subarray(0, Math.floor(line.length / 2));
      return replaced(lines, i, Buffer.concat([half, NEWLINE]));
    },
  ],
  [
    'half of it glued to the next',
    (lines, i) => {
      const [line = NEWLINE, next] = [lines[i], lines[i + 1]];
      const half = line.subarray(0, Math.floor(line.length / 2));
      if (next === undefined) return replaced(lines, i, half);
      return replaced(lines, i, Buffer.concat([half, next]), { taken: 2 });
    },
  ],
  [
    'its newline gone',
    (lines, i) => {
      const [line = NEWLINE, next] = [lines[i], lines[i + 1]];
      // The last line's checksum holds without it.
      if (next === undefined) return replaced(lines, i, line.subarray(0, -1), { lost: 0 });
      return replaced(lines, i, Buffer.concat([line.subarray(0, -1), next]), { taken: 2 });
    },
  ],
  ['removed', (lines, i) => ({ ...replaced(lines, i, Buffer.alloc(0)), from: 0, to: 0 })],
  [
    'doubled',
    (lines, i) => {
      const line = lines[i] ?? NEWLINE;
      return replaced(lines, i, Buffer.concat([line, line]), { lost: 0 });
    },
  ],
  [
    'swapped with the next',
    (lines, i) => {
      const [line, next] = [lines[i], lines[i + 1]];
      if (line === undefined || next === undefined) return undefined;
      return replaced(lines, i, Buffer.concat([next, line]), { taken: 2, lost: 0 });
    },
  ],
]);
