/**
 * Where the frames of all decoders are read, one at a time: a frame is copied here, which costs less than a view of it. There is one room for good, and every module that reads from it holds
 * its bytes as a constant of its own (`const { bytes } = room;`): the engine then knows where they are and how many, and reads each without looking it up again.
 */

/** The longest frame there is room for, which is the longest that is taken at all; only what frames have filled takes memory. */
const LONGEST_FRAME = 16 * 1024 * 1024;
/** Room behind the longest frame: one 0, which no reader takes and no text holds, so that nothing runs past the end; and as much as the longest text of a shape looks ahead. */
const PADDING = 512;

const buffer = new ArrayBuffer(LONGEST_FRAME + PADDING);

/** The bytes of the frame at hand, a 0 after them, and the same for reading words. */
export const room: { readonly bytes: Buffer; readonly words: DataView } = { bytes: Buffer.from(buffer), words: new DataView(buffer) };

/** Puts a frame into the room; false when it is too long. */
export function enter(frame: Uint8Array): boolean {
  const { length } = frame;
  if (length > LONGEST_FRAME) return false;
  room.bytes.set(frame);
  room.bytes[length] = 0;
  return true;
}
