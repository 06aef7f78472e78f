/** A file to append to, as a port: `node-append-file` is the real one; a simulation has one in memory. Every call rejects when the disk fails. */
export interface AppendFile {
  /** Length in bytes. */
  size(): Promise<number>;
  /** Bytes [offset, offset + length), fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Cuts the file to `length` bytes. */
  truncate(length: number): Promise<void>;
  /** Writes at the end. A crash may leave any first part of it. */
  append(text: string): Promise<void>;
  /** Resolves when everything written so far survives a power failure. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file for appending; makes it, and its folder, when it is not there. */
export type OpenAppendFile = (path: string) => Promise<AppendFile>;
