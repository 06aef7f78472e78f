/** Who reads: `community` gets plain words, `committee` the terms of the field. */
export type Audience = 'community' | 'committee';
