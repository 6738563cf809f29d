/** The way in: what is started is loaded after its compiled code was looked for. */
import { keepCompiled } from './keep-compiled.ts';
import { spareThreads } from './spare-threads.ts';

keepCompiled();
spareThreads();
await import('./start.ts');
