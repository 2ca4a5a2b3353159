// Compression with a bound on what may come out, off the main thread.
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress, zstdDecompressSync } from 'node:zlib';

const compressAsync = promisify(zstdCompress);
const decompressAsync = promisify(zstdDecompress);

/** What comes out grows by so much at a time. Node's own 16 KiB are made anew for each call, and cost more than what they hold. */
const smallChunkBytes = 2048;

/** Compresses on the thread pool; level 3 is zstd's own default. */
export function compress(bytes: Uint8Array, level = 3): Promise<Buffer> {
  return compressAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** The bytes, or null when they are no zstd frame or would be longer than `bytesMax`. */
export async function decompress(bytes: Uint8Array, bytesMax: number): Promise<Buffer | null> {
  return decompressAsync(bytes, { maxOutputLength: bytesMax }).catch(() => null);
}

/** The same on the calling thread, for what comes often and is small. */
export function decompressSync(bytes: Uint8Array, bytesMax: number): Buffer | null {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: bytesMax, chunkSize: smallChunkBytes });
  } catch {
    return null;
  }
}
