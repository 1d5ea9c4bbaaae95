/**
 * The checksum of lines that follow one another, from the checksums that they carry themselves: so that one
 * pass over all of them checks each. (Mark Adler, `crc32_combine` of zlib: what stands before `n` bytes enters the
 * checksum of the whole by a linear function of its own checksum that depends on `n` alone.)
 */

/** Effect of one byte 0 on a checksum, for each value of its lowest byte. */
const STEP = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xed_b8_83_20 : crc >>> 1;
  return crc >>> 0;
});

const stepped = (crc: number): number => (crc >>> 8) ^ (STEP[crc & 0xff] ?? 0);

/** What `bytes` bytes behind it make of a checksum: four tables, one for each of its bytes. */
function shiftTable(bytes: number): Uint32Array {
  const table = new Uint32Array(4 * 256);
  for (let bit = 0; bit < 32; bit++) {
    let crc = (1 << bit) >>> 0;
    for (let i = 0; i < bytes; i++) crc = stepped(crc);
    const [offset, own] = [256 * (bit >> 3), 1 << (bit & 7)];
    for (let value = own; value < 256; value++) {
      if (value & own) table[offset + value] = (table[offset + value] ?? 0) ^ crc;
    }
  }
  return table;
}

function shifted(crc: number, table: Uint32Array): number {
  return (
    (table[crc & 0xff] ?? 0) ^
    (table[256 + ((crc >>> 8) & 0xff)] ?? 0) ^
    (table[512 + ((crc >>> 16) & 0xff)] ?? 0) ^
    (table[768 + (crc >>> 24)] ?? 0)
  );
}

/** Lines of a session differ little in length; there is no end to those of a file that means harm. */
const KEPT_TABLES = 512;

export class CrcOfLines {
  readonly #tables = new Map<number, Uint32Array>();
  #value = 0;

  /** Of all bytes so far, as `crc32` of zlib has it. */
  get value(): number {
    return this.#value >>> 0;
  }

  reset(): void {
    this.#value = 0;
  }

  /** The bytes from `start` to `end` come next, of which those before `carried` have the checksum `crc`. */
  add(bytes: Uint8Array, start: number, carried: number, end: number, crc: number): void {
    let own = ~crc;
    for (let at = carried; at < end; at++) {
      own = (own >>> 8) ^ (STEP[(own ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
    }
    this.#value = shifted(this.#value, this.#table(end - start)) ^ ~own;
  }

  #table(bytes: number): Uint32Array {
    const known = this.#tables.get(bytes);
    if (known !== undefined) return known;
    if (this.#tables.size === KEPT_TABLES) this.#tables.clear();
    const made = shiftTable(bytes);
    this.#tables.set(bytes, made);
    return made;
  }
}
