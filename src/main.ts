/** The way in: what is started is loaded after its compiled code was looked for. */
import { keepCompiled } from './keep-compiled.ts';

keepCompiled();
await import('./start.ts');
