/** Paths into JSON; sources read their answers by them, too. */
export { readField, readPath } from '../market';
