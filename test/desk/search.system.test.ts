// The search: whatever number a customer has leads to the answer, quickly, on every screen and without JavaScript.
import { describe, expect, test } from 'vitest';
import { cancellationEventSchema } from '../../src/domain/event.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { poison } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { operatorsEnv } from '../server/people.ts';
import { openServer } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';
import { useBrowser, widths } from './browser.ts';
import { expectReadable } from './looks.ts';

const redis = useRedis();
const browser = useBrowser();

async function served() {
  return openServer(redis, {
    scenario: { receipts: [{ id: 'r1', price: 89_000 }] },
    env: await operatorsEnv(),
  });
}

const address = (text: string) => `/review/search?q=${encodeURIComponent(text)}`;

describe('a refund', () => {
  test('is found by every number it has, and its answer adds up', async () => {
    const shop = await served();
    const event = {
      event_id: 'cancel-7',
      source: '/shops/하루',
      order_id: '주문-7',
      receipt_id: 'r1',
      cancel_id: 'my-cancel-7',
      cancel_price: 44_500,
    };
    const { refund_id: id } = await shop.send(event);
    await shop.startWorker();
    await shop.until(id, 'succeeded');
    const { page, open, signIn } = await browser.visit(shop.server.url, { javaScript: false });
    await signIn('보기', 'look only');
    const numbers = [
      id ?? '',
      event.order_id.normalize('NFD'),
      ` ${event.receipt_id} `,
      event.cancel_id,
      `${event.cancel_id}-g2`,
      event.event_id,
      ` 주문번호：${event.order_id} `,
      '취소 번호 ｍｙ－ｃａｎｃｅｌ－７',
      'R1',
    ];
    for (const number of numbers) {
      const text = await open(address(number));
      expect(text, number).toMatch(/네, 44,500원이 환불됐어요\. 오늘 \d\d:\d\d에 처리했고/);
      expect(text, number).toMatch(
        /결제한 돈\s+89,000원\s+이 환불 · 환불 완료\s+−44,500원\s+남은 돈\s+44,500원/,
      );
    }
    expect(await page.locator('.letter').innerText()).toMatch(
      /^안녕하세요\.\n주문 주문-7: 44,500원 환불이 완료되었습니다/,
    );

    const second = await shop.send({ receipt_id: 'r1', order_id: '주문-8' });
    await shop.until(second.refund_id, 'succeeded');
    const both = await open(address('r1'));
    expect(both).toContain('환불을 2건 찾았어요. 모두 89,000원이 환불됐어요.');
    expect(both).toMatch(/주문-8[\s\S]*주문-7[\s\S]*남은 돈\s+0원/);
    await page.getByRole('link', { name: '주문-8', exact: true }).click();
    const one = await page.locator('main').innerText();
    expect(one).toContain('네, 44,500원이 환불됐어요.');
    expect(one).toMatch(/이 환불 · 환불 완료[\s\S]*주문-7 · 오늘 \d\d:\d\d 접수 · 환불 완료/);
  });

  test('that is not there, was erased or cannot be read has an answer, too', async () => {
    const shop = await served();
    const keys = keysFor(redis.prefix);
    const { refund_id } = await shop.send({ receipt_id: 'r1', order_id: 'ORD-1', event_id: 'cancel-1' });
    const id = refundIdSchema.parse(refund_id);
    const { page, open, signIn } = await browser.visit(shop.server.url, { width: widths.phone, dark: true });
    await signIn('보기', 'look only');
    const evil = '"><script>alert(1)</script>';
    expect(await open(address(evil))).toContain(`“${evil}” 번호의 환불을 찾지 못했어요`);
    expect(await open(address('rf_abcde…uvwxyz'))).toContain('누르면 전체가 복사되니');
    expect(await open(address('“ord-1”.'))).toMatch(
      /아직이에요\. [\s\S]*법정 기한은[\s\S]*접수되어 처리 중입니다/,
    );
    await page.getByRole('button', { name: '고객 안내문 복사' }).waitFor();
    await expectReadable(page);

    await shop.system.redis.hset(keys.refund(id), 'body', '{"broken');
    expect(await open(address('ORD-1'))).toContain('기록을 읽지 못했어요');
    // As retention leaves it.
    await shop.system.redis.hdel(keys.refund(id), 'body');
    await shop.system.redis.hset(keys.refund(id), 'state', 'succeeded');
    await shop.system.redis.del(keys.byReceipt('r1'), keys.byOrder('ORD-1'));
    expect(await open(address('cancel-1'))).toContain('오래전에 “환불 완료” 상태로 끝난 환불이에요');
    await shop.system.redis.hset(keys.anyReceipt('r1'), { version: 5, highest: 12_000 });
    expect(await open(address('r1'))).toContain('부트페이에는 12,000원 취소가 있고');

    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('main').innerText()).toContain('Bootpay showed 12,000 won cancelled');
  });

  test('is found among 10,000 cases within a tenth of a second', async () => {
    const shop = await served();
    const { ledger } = shop.system;
    const now = shop.system.clock.now();
    const fresh = Array.from({ length: 10_000 }, (_, n) => {
      const event = { event_id: `e-${n}`, order_id: `ORD-${n}`, receipt_id: `r-${n}`, cancel_price: 1_000 };
      return newRefund(cancellationEventSchema.parse(event), now, 86_400_000);
    });
    await ledger.accept(fresh);
    const changes = fresh.map(({ refund }) => transitionFor(refund, poison(refund, 'made'), { now }));
    for (let at = 0; at < changes.length; at += 500)
      await Promise.all(changes.slice(at, at + 500).map((change) => ledger.commit(change, {})));
    const { page, signIn } = await browser.visit(shop.server.url);
    await signIn('보기', 'look only');
    for (const number of ['ORD-77', 'e-5000', 'r-9999', fresh[1234]?.refund.refundId ?? '', 'nowhere']) {
      let leastMs = Number.POSITIVE_INFINITY;
      // The quickest of some: what else the machine does meanwhile is not the search's.
      for (let time = 1; time <= 30 && leastMs >= 100; time += 1) {
        const began = performance.now();
        const answer = await page.request.get(address(number));
        leastMs = Math.min(leastMs, performance.now() - began);
        expect(await answer.text()).toContain(
          number === 'nowhere' ? '찾지 못했어요' : '알 수 없어요. 사람이 확인해야 해요.',
        );
      }
      expect(leastMs, number).toBeLessThan(100);
    }
    await page.goto(`${shop.server.url}${address('ORD-77')}`);
    const told = await page.locator('.card.danger').innerText();
    expect(told).toMatch(/멈춘 이유: 프로그램이 처리하지 못했어요\. 할 일: 개발팀에 알리기\. 법정 기한은/);
    expect(await page.getByRole('link', { name: '검토 건 보기' }).getAttribute('href')).toMatch(/cases\/rf_/);
  });
});
