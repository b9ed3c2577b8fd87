// Words that carry grammar and no subject, as tables. `und` holds the commonest ones of French, Spanish, Italian,
// Portuguese and Dutch, so that a text in a language we do not stem still gives sane results.
import type { Language } from './stem.ts';

const toSet = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

export const STOP_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: toSet(`
    a about above across actually after afterwards again against ago ain't all almost alone along already also although
    always am among amongst an and another any anybody anyone anything anyway anywhere are aren't around as at away be
    became because become becomes been before behind being below beside besides between beyond both but by came can
    can't cannot could couldn't did didn't do does doesn't doing don't done down during each either else enough etc even
    ever every everybody everyone everything everywhere except far few for from further furthermore get gets getting got
    had hadn't has hasn't have haven't having he he'd he'll he's hence her here here's hers herself him himself his how
    however i i'd i'll i'm i've if in indeed instead into is isn't it it'd it'll it's its itself just later least less
    let let's like likely made make makes making many may maybe me meanwhile might mine more moreover most mostly much
    must my myself near nearly neither never nevertheless next no nobody none nor not nothing now nowhere of off often
    on once one ones only onto or other others otherwise ought our ours ourselves out over own per perhaps quite rather
    really said same say says shall she she'd she'll she's should shouldn't since so some somebody someone something
    sometimes somewhere soon still such than that that's the their theirs them themselves then there there's thereby
    therefore these they they'd they'll they're they've this those though through throughout thus to together too toward
    towards under unless until up upon us use used uses using usually very via was wasn't we we'd we'll we're we've well
    went were weren't what what's whatever when whenever where whereas wherever whether which while who who's whoever
    whole whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're you've your yours
    yourself yourselves e.g i.e
  `),
  de: toSet(`
    ab aber alle allem allen aller allerdings alles als also am an ander andere anderem anderen anderer anderes anders
    auch auf aus außer außerdem bald bei beide beiden beim bereits besonders bevor bin bis bisher bist bloß da dabei
    dadurch dafür dagegen daher dahin damals damit danach daneben dann daran darauf daraus darf darin darüber darum
    darunter das dass daß davon davor dazu dein deine deinem deinen deiner dem demnach den denen denn dennoch der deren
    derselbe des deshalb dessen desto deswegen dich die dies diese dieselbe diesem diesen dieser dieses dir doch dort du
    durch dürfen ebenfalls ebenso eher eigentlich ein eine einem einen einer eines einfach einige einigen einiger
    einiges einmal entweder er erst erste ersten es etwa etwas euch euer eure falls fast für ganz gar gegen gegenüber
    gemacht genau gerade gern gewesen geworden gibt ging hab habe haben hallo hat hatte hatten hätte hätten her hier
    hierbei hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins insgesamt inzwischen irgend
    ist ja jede jedem jeden jeder jedes jedoch jene jenem jenen jener jetzt kann kannst kaum kein keine keinem keinen
    keiner können könnte könnten lassen lässt machen macht mal man manche manchmal mehr mein meine meinem meinen meiner
    meist meisten mich mindestens mir mit möchte muss muß müssen musste mussten nach nachdem nachher neben nein nicht
    nichts nie niemand noch nun nur ob obwohl oder oft ohne schon sehr sei seid seien sein seine seinem seinen seiner
    seines seit seitdem selber selbst sich sie sind so sobald sodass sofern sofort sogar solche solchen solcher soll
    sollen sollte sollten somit sondern sonst soweit sowie sowohl statt stets trotz trotzdem über überhaupt um und
    uns unser unsere unserem unseren unserer unter usw viel viele vielen vieler vielleicht vom von vor vorher während
    wann war waren warum was wäre wären weder wegen weil weiter weitere weiteren weiterhin welche welchem welchen
    welcher welches wem wen wenig wenige weniger wenn wer werde werden wessen wie wieder wieso will wir wird wirst wo
    wobei wodurch woher wohin wohl wollen wollte wollten womit worden worin wurde wurden würde würden zu zudem zuerst
    zuletzt zum zumindest zunächst zur zurück zusammen zwar zwischen bzw ca z.b d.h u.a
  `),
  und: toSet(`
    à al alla alle anche ao as au aussi aux avec bij c'est ce ces cette che ci com como con cosa cui da dal dalla dans
    das de degli dei del della delle deze di die dit do donc door dos du een el elle em en entre era és és es est esta
    este et être eu fait fue gli ha han hanno hay het hun i ik il ils je kan l la las le les leur lo los lui lui ma mais
    maar mas me mes met mi mijn mucho na naar niet no non nos notre nous não o om on ook op os ou où par para pas pela
    pelo per perché pero più plus por porque pour qu que quel quelle questa questo qui sa sans se sem ses si sin sobre
    son sono sont su sua sur sus também te tout tous tra très tu um uma un una une uno van voor vous was wat y zijn zo
  `),
};

/** Words that are about anything, so they name no theme: left out of keywords, kept everywhere else. */
export const GENERIC_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: toSet(`
    able add added another back based began begin bad best better big bit case certain come comes common day days
    different easy end ever example fact find first five found four full give given gives go goes going good great hand
    hard help high hundred important include includes including keep kept kind know known large last left little long
    look lot low main mean means million month months most need needed needs new number old open order part parts people
    place point possible put question real reason right run second see seen set several short show shows side simple
    small sort start started take taken takes tell ten thing things think third thousand three time times today took try
    turn two type want way ways week weeks work worked works world year years dear hi regards thanks yesterday tomorrow
    tonight percent euro euros dollar dollars cent cents hour hours minute minutes per monday tuesday wednesday thursday
    friday saturday sunday january february march april june july august september october november december said
    effect roughly average went think according
  `),
  de: toSet(`
    art beispiel beispiele bestimmt bringen ende fall fälle frage fragen geben gehen geht groß große großen gut gute
    guten hundert jahr jahre jahren jahres kleine kleinen kommen kommt lange letzte letzten leute liegen liegt mal
    mensch menschen million millionen minute minuten monat monate monaten nächste nächsten neu neue neuen neuer neues
    prozent punkt sache sachen sagen sagt seite seiten stehen steht stelle stück stunde stunden tag tage tagen teil teile
    tausend uhr weise weisen welt wichtig wichtige woche wochen zahl zeit zeiten ziel zwei drei vier fünf herr frau grüße
    grüßen liebe lieber sehr geehrte damen herren euro euros cent dollar angabe angaben heute gestern morgen montag
    dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september oktober
    november dezember zeitraum höhe hilfe dank bitte
  `),
  und: toSet(''),
};

/**
 * Whether a folded word (see `fold` in words.ts) carries no subject. Where the language is unknown, English and German
 * stop words count as well, because short English or German texts are often undecided.
 */
export function isStopWord(folded: string, language: Language): boolean {
  if (STOP_WORDS[language].has(folded)) return true;
  return language === 'und' && (STOP_WORDS.en.has(folded) || STOP_WORDS.de.has(folded));
}

/** Whether a folded word is too general to name a theme. */
export function isGenericWord(folded: string, language: Language): boolean {
  if (GENERIC_WORDS[language].has(folded)) return true;
  return language === 'und' && (GENERIC_WORDS.en.has(folded) || GENERIC_WORDS.de.has(folded));
}
