/**
 * The real ports: the machine's clock, timers, files, sockets and mail.
 * The only folder of the core that touches the world; only `nodes/host` and the nodes wire it up.
 */
export { nodeFileSource, type FileAccess } from './nodeFileSource';
export { nodemailerTransport, type SmtpSettings } from './nodemailerTransport';
export { systemClock, systemRandom, systemTimer } from './time';
export { wsSocketFactory, type Egress } from './wsSocketFactory';
