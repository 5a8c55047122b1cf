// `operator add`: makes an entry of OPERATORS from a name, a role and a password that is never shown.
import { oneOf } from '../../config/limits.ts';
import { operatorName } from '../../config/people-and-keys.ts';
import { operatorRoles } from '../../domain/people.ts';
import { defineCommand, defineGroup, interrupted } from '../command.ts';
import { argument, json, required } from '../options.ts';
import { withSystem } from '../settings.ts';

const add = defineCommand({
  name: 'add',
  description: {
    en: 'Ask for a password twice and print the entry for OPERATORS.',
    ko: '비밀번호를 두 번 묻고 OPERATORS에 넣을 항목을 출력해요.',
  },
  arguments: {
    name: argument(
      '<name>',
      { en: 'Whom they log in as; recorded with what they do.', ko: '로그인 이름. 처리 기록에 남아요.' },
      operatorName,
    ),
  },
  options: {
    role: required(
      '--role <role>',
      {
        en: 'viewer looks; reviewer also decides on cases and holds the lane; approver also approves what others ask for.',
        ko: 'viewer는 조회만, reviewer는 검토 처리와 전송 멈춤까지, approver는 다른 사람의 요청 승인까지.',
      },
      oneOf(operatorRoles),
    ),
    json,
  },
  examples: ['operator add minji --role reviewer'],
  notes: [
    {
      en: 'Nothing is stored. From a pipe the password is two equal lines.',
      ko: '아무것도 저장하지 않아요. 파이프로 보낼 때는 비밀번호를 같은 두 줄로 보내 주세요.',
    },
  ],
  async run(io, { name, role }) {
    const { askNewPassword } = await import('../password-prompt.ts');
    const answer = await askNewPassword(io);
    if (answer.kind === 'interrupted') return interrupted;
    if (answer.kind === 'refused') {
      io.note(`${answer.why.en} (${answer.why.ko})`);
      return 1;
    }
    const { hashPassword } = await import('../../server/password.ts');
    const entry = JSON.stringify({ name, role, password: await hashPassword(answer.password) });
    await io.out(entry);
    io.note(
      [
        'Put it into the array of OPERATORS in .env, in single quotes because of the $, and start the server again:',
        '(.env의 OPERATORS 배열에 넣고 서버를 다시 시작하세요. $가 있으니 작은따옴표로 감싸 주세요.)',
        "  OPERATORS='[ENTRY, ENTRY]'",
      ].join('\n'),
    );
    return 0;
  },
});

const signOut = defineCommand({
  name: 'sign-out',
  description: {
    en: 'End every session that this person has at the refund desk.',
    ko: '이 사람이 환불 데스크에 로그인해 둔 것을 모두 끝내요.',
  },
  arguments: {
    name: argument('<name>', { en: 'As in OPERATORS.', ko: 'OPERATORS에 있는 이름.' }, operatorName),
  },
  options: { json },
  examples: ['operator sign-out minji'],
  async run(io, { name, json: asJson }) {
    const { endSessions } = await import('../../desk/signed-out.ts');
    return withSystem(io, async (system) => {
      const at = await endSessions(system, name);
      await io.out(
        asJson
          ? JSON.stringify({ name, signed_out_at: new Date(at).toISOString() })
          : `${name}: signed out everywhere. (모든 곳에서 로그아웃했어요.)`,
      );
      return 0;
    });
  },
});

export const operator = defineGroup({
  name: 'operator',
  description: {
    en: 'The people who may sign in at the refund desk, the server and the board.',
    ko: '환불 데스크, 서버, 보드에 로그인할 수 있는 사람을 관리해요.',
  },
  examples: ['operator add minji --role reviewer'],
  commands: [add, signOut],
});
