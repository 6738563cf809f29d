/** Writes config/realm.schema.json; run after a change of src/realm/file-shape.ts. */
import { writeFileSync } from 'node:fs';
import { realmFileJsonSchema } from '../src/realm/realm-file-json-schema.ts';

writeFileSync(new URL('../config/realm.schema.json', import.meta.url), realmFileJsonSchema());
