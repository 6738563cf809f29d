export { doctorCommand } from './doctor/commands.ts';
