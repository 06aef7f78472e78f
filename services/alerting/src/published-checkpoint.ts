/** The checkpoint with the row of the last revision that alerting published on topic `warnings`. */
export const publishedCheckpoint = 'alerting:published';
