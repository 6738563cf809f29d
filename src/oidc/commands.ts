export { type RegistrationCommandsContext, registrationCommands } from './features/registration-commands.ts';
export { type KeyCommandsContext, keyCommands } from './key-commands.ts';
