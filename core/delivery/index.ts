/**
 * Telling someone: the words of an alert, one delivery to one recipient, and who was told what.
 * Each channel lies in `channels/<name>`; `deliver` sends once, with retry, and writes it down.
 */
export { sendEmail } from './channels/email/channel';
export { isAddress, splitRecipients, toMail, type EmailContent } from './channels/email/format';
export { toApperate } from './channels/webhook/apperate';
export { hostOf, sendWebhook, type WebhookRequest } from './channels/webhook/channel';
export { checkSigningSecrets } from './channels/webhook/sign';
export { deliver, retryFor, type Delivery, type DeliveryPorts } from './deliver';
export {
	lastOutcomeOf,
	listDeliveries,
	readMessage,
	type DeliveryFilter,
	type DeliveryKey,
	type DeliveryRecord,
	type DeliverySubject,
	type KeptMessage,
} from './deliveryLog';
export { explainReason } from './explain';
export { type DeliveryOutcome, type FailureReason, type SendResult } from './model';
export { redactRecipient } from './redactRecipient';
export {
	describeOrigin,
	renderAlert,
	templateScope,
	type AlertTemplates,
	type BareAlert,
} from './renderAlert';
export { checkTemplate, namesInTemplate, renderJsonTemplate, renderTemplate } from './template';
