import { createDelivery, type Delivery, type Settler } from '../../lib/delivery.js';

/** Hands deliveries out and writes down what became of them. */
export interface DeliveryLedger<T> {
  /** In order of settling: `ack a`, `nack b: boom`, `release c`. */
  readonly log: string[];
  /** Deliveries that are not settled. */
  readonly outstanding: number;
  deliver(value: T): Delivery<T>;
}

export function deliveryLedger<T>(onSettled: (value: T) => void = () => undefined): DeliveryLedger<T> {
  const log: string[] = [];
  let outstanding = 0;
  const settler: Settler<T, undefined> = {
    settle: ({ value }, outcome, reason) => {
      outstanding -= 1;
      log.push(`${outcome} ${String(value)}${outcome === 'nack' ? `: ${said(reason)}` : ''}`);
      onSettled(value);
    },
  };
  return {
    log,
    get outstanding() {
      return outstanding;
    },
    deliver: (value) => {
      outstanding += 1;
      return createDelivery({ value, position: String(value), attempt: 1, tag: undefined }, settler);
    },
  };
}

function said(reason: unknown): string {
  if (typeof reason === 'object' && reason !== null && 'code' in reason) return String(reason.code);
  return reason instanceof Error ? reason.message : String(reason);
}
