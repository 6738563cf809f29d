export { type BrowserCommandsContext, browserCommands } from './browser-commands.ts';
export { type MethodCommandsContext, methodCommands } from './method-commands.ts';
