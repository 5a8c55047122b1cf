import { type CancellationEventInput, createRefundProducer } from 'bootpay-refund-worker/producer';

const redisUrl = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const producer = await createRefundProducer({ redisUrl });

const event: CancellationEventInput = {
  event_id: 'cancel-20261120-0001',
  order_id: 'ORD-20261120-0001',
  receipt_id: '6244f60c1fc19202e42e8c4e',
  cancel_price: 1000,
  cancel_message: '고객 요청',
};
const { result, refund_id, problems } = await producer.enqueue(event);
if (result === 'accepted' || result === 'duplicate') console.log(result, refund_id);
else console.error(result, problems);

await producer.close();
