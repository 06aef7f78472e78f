/** Watches the running numbers of frames that some venues give each connection, whatever channel a frame is of. */
export interface FrameNumbers {
  /** Whether frames are missing between the one before on this connection and this one. The first of a connection begins the count. */
  missing(connection: string, number: number): boolean;
  /** The connection ended. */
  forget(connection: string): void;
}

/** Makes a watch that has seen no connection. One entry a connection. */
export function createFrameNumbers(): FrameNumbers {
  const last = new Map<string, number>();
  return {
    missing: (connection, number) => {
      const before = last.get(connection);
      last.set(connection, number);
      return before !== undefined && number !== before + 1;
    },
    forget: (connection) => void last.delete(connection),
  };
}
