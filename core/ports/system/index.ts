/**
 * The real ports: the machine's clock, timers, files, mail and database.
 * The only folder of the core that touches the world; only `nodes/host` wires it up.
 */
export { systemClock, systemRandom, systemTimer } from './time';
