/** Configuration: one YAML text, one schema, every problem at once. `load` reads it, `fields` are the building blocks of schemas. */
export * from './fields.ts';
export * from './json-schema.ts';
export * from './load.ts';
export * from './printable.ts';
export * from './secret.ts';
