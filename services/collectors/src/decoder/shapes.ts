/** How a venue prints its frequent frames. */
export type FrameShapes = readonly never[];
