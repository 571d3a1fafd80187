import assert from 'node:assert/strict';
import fc from 'fast-check';
import { routeTemplate, routeTemplates } from '../../../src/http/metrics/route_template.ts';
import { routes } from '../../../src/ssf/routes.ts';

describe('the template of a path', () => {
  const cases: [path: string, template: string][] = [
    ['/token', '/token'],
    ['/auth/abc', '/auth/:uid'],
    ['/interaction/abc', '/interaction/:uid'],
    ['/interaction/abc/sign-in', '/interaction/:uid/sign-in'],
    ['/interaction/abc/else', 'other'],
    ['/interaction/abc/sign-in/else', 'other'],
    ['/assets/app.css', '/assets/:name'],
    ['/account', '/account'],
    ['/account/security/apps/018f', '/account/:page'],
    ['/ssf/poll/018f', '/ssf/:part'],
    ['/admin/v1/sessions', '/admin'],
    ['/set-password/done', '/set-password/done'],
    ['/interaction/abc/passkey-login', '/interaction/:uid/passkey-login'],
    ['/console/policies', '/console'],
    ['/', 'other'],
    ['other', 'other'],
    ['/auth/:uid', '/auth/:uid'],
    ['/constructor', 'other'],
    [`/auth/${'a'.repeat(200)}`, 'other'],
  ];
  for (const [path, template] of cases) {
    it(`of ${path.slice(0, 40)} is ${template}`, () => assert.equal(routeTemplate(path), template));
  }

  it('is one of those that are known, whatever is asked for', () => {
    const segment = fc.oneof(
      fc.string(),
      fc.constantFrom('auth', 'token', 'account', 'interaction', 'ssf', 'assets', ':uid', '..', 'admin'),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const template = routeTemplate(`/${segments.join('/')}`);
        assert.ok(routeTemplates.has(template), template);
      }),
    );
  });

  it('is there for every route of event streams', () => {
    for (const { path } of routes) assert.notEqual(routeTemplate(path), 'other', path);
  });
});
