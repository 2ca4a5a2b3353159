// Many findings of one cause as one: what is wrong with a whole site, or with most of a fleet, has its cause at one place. Pure.
import type { Finding } from './words.ts';

/** So many boxes of a site with the same rule are an alert of the site. */
export const siteBoxesMin = 3;
/** So many boxes, and such a share of all that are in use, are an alert of the fleet. */
export const fleetBoxesMin = 10;
const fleetShareMin = 0.5;
/** One that is open stays until this share of what opened it is left, so that it does not come and go. */
const stays = 0.5;
/** Where many are not good and few bad enough, these wait for the others so much longer, to be told of as one. */
export const gatherMs = 90_000;

/**
 * @param boxes how many are in use
 * @param isOpen whether an alert of this rule and subject is open: its boxes stay together
 */
export function groupFindings(
  findings: readonly Finding[],
  boxes: number,
  isOpen: (rule: string, subject: string) => boolean,
): Finding[] {
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  return [...byRule].flatMap(([rule, ofRule]) => {
    const single = ofRule.filter(({ members }) => members.length === 1);
    const others = ofRule.filter(({ members }) => members.length !== 1);
    const share = isOpen(rule, 'fleet') ? fleetShareMin * stays : fleetShareMin;
    const many = isOpen(rule, 'fleet') ? fleetBoxesMin * stays : fleetBoxesMin;
    const isMany = single.length >= many && single.length >= boxes * share;
    if (isMany && (isOpen(rule, 'fleet') || mayOpen(single))) {
      return [...others, joined(single, 'fleet', null, fleetWords(rule, single.length, boxes))];
    }
    const bySite = Map.groupBy(isMany ? gathering(single) : single, ({ site }) => site);
    const grouped = [...bySite].flatMap(([site, atSite]) => {
      const subject = `site ${site}`;
      const opened = isOpen(rule, subject);
      if (site === null || (atSite.length < siteBoxesMin && !opened)) return atSite;
      if (!opened && !mayOpen(atSite)) return gathering(atSite);
      return [joined(atSite, subject, site, `${atSite.length} boxes of the site: ${atSite[0]?.words}`)];
    });
    return [...others, ...grouped];
  });
}

/** One that is bad opens nothing for the many that are not yet. */
function mayOpen(findings: readonly Finding[]): boolean {
  return findings.filter(({ level }) => level === 'bad').length >= siteBoxesMin;
}

function gathering(findings: readonly Finding[]): Finding[] {
  return findings.map((one) =>
    one.level === 'bad' && one.overMs !== undefined && one.overMs < gatherMs
      ? { ...one, level: 'fair' }
      : one,
  );
}

function joined(findings: readonly Finding[], subject: string, site: string | null, words: string): Finding {
  return {
    rule: findings[0]?.rule ?? '',
    subject,
    site,
    members: findings.flatMap(({ members }) => members).sort(),
    severity: findings.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    words,
    level: mayOpen(findings) ? 'bad' : 'fair',
  };
}

function fleetWords(rule: string, count: number, boxes: number): string {
  if (rule === 'silent') {
    return `${count} of ${boxes} boxes are silent at once: look at central's own link and its broker first`;
  }
  return `${count} of ${boxes} boxes at once`;
}
