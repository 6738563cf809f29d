/** Starts the server. Plain JavaScript: what is started is loaded after its compiled code was looked for. */
import { keepCompiled } from './keep-compiled.js';
import { spareThreads } from './spare-threads.js';

keepCompiled();
spareThreads();
await import('../src/main.ts');
