/** Writes docs/configuration.md; `npm run docs:config`. */
import { writeFileSync } from 'node:fs';
import { configurationReference } from '../src/config/index.ts';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationReference());
