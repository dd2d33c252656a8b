/**
 * Telling someone: the words of an alert, one delivery to one recipient, and who was told what.
 * Each channel lies in `channels/<name>`; `deliver` sends once, with retry, and writes it down.
 */
export { discordChat, discordDestination } from './channels/discord/channel';
export { isDiscordWebhook } from './channels/discord/format';
export { sendEmail } from './channels/email/channel';
export { isAddress, splitRecipients, toMail, type EmailContent } from './channels/email/format';
export { pagerDutyDestination, sendPage, tellPager, type Page } from './channels/pagerDuty/channel';
export {
	isRoutingKey,
	pagerActionOf,
	toPagerEvent,
	toPagerSeverity,
	type PagerAction,
	type PagerContent,
} from './channels/pagerDuty/format';
export { slackChat, slackDestination } from './channels/slack/channel';
export { isSlackChannel } from './channels/slack/format';
export { telegramChat } from './channels/telegram/channel';
export { isTelegramChat } from './channels/telegram/format';
export { telegramDestination } from './channels/telegram/limits';
export { toApperate } from './channels/webhook/apperate';
export { hostOf, sendWebhook, type WebhookRequest } from './channels/webhook/channel';
export { checkSigningSecrets } from './channels/webhook/sign';
export { addReasons } from './chat/addReasons';
export { type Chat, type ChatJob, type FollowUp, type Tone } from './chat/model';
export { tellChat } from './chat/tellChat';
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
export { type TellPorts } from './episodes';
export { explainReason } from './explain';
export { laneTo, type Destination } from './laneTo';
export { type DeliveryOutcome, type FailureReason, type SendResult } from './model';
export { redactRecipient } from './redactRecipient';
export {
	describeOrigin,
	renderAlert,
	templateScope,
	type AlertTemplates,
	type BareAlert,
} from './renderAlert';
export { renderFlapping, renderMerged } from './renderMerged';
export { checkTemplate, namesInTemplate, renderJsonTemplate, renderTemplate } from './template';
