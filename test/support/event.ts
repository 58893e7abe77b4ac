import type { ArrivedEvent, MarketplaceEvent } from '../../src/model/event.js';

/** An event of which a test says only what matters to it. */
export function arrived(
  event: Partial<MarketplaceEvent> & { eventId: string; type: string; occurredAt: number },
  version = 1n,
): ArrivedEvent {
  return {
    event: {
      orderId: '',
      caseId: '',
      merchantId: '',
      region: '',
      category: '',
      scenario: '',
      channel: '',
      amount: null,
      currency: '',
      originAt: null,
      startedAt: null,
      dueAt: null,
      outcome: '',
      text: '',
      attributes: {},
      ...event,
    },
    arrival: { source: 'http', position: `test:${event.eventId}`, receivedAt: event.occurredAt, version },
  };
}
