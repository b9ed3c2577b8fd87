// Abbreviations of English and German, by what a full stop after them can mean. Folded, without the last full stop.

const toSet = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Something always follows: the full stop never ends a sentence. */
export const NEVER_LAST = toSet(`
  dr mr mrs ms mx prof st rev hon gen col sgt capt cpt lt sen rep gov pres messrs mme mlle e.g i.e eg ie cf vs viz approx
  al eds dept est ca ph.d m.a b.sc
  hr fr dipl ing mag bzw vgl sog inkl exkl einschl zzgl abzgl evtl ggf gem lt bspw insb max min tel geb gest verh verw
  mio mrd tsd nr abs kap bd abb tab ziff anm hrsg hg str u.a z.b d.h z.t i.d.r o.g s.o s.u i.a a.d v.a v.chr n.chr
  u.u m.e i.s i.v i.a ggü zb dh mind vorm nachm allg ausschl betr bes dt engl frz österr schweiz gegr urspr vermutl
`);

/** May close a sentence: it does when the next word has a capital. */
export const MAYBE_LAST = toSet(`
  etc usw usf u.s.w inc ltd co corp jr sr bros llc plc a.m p.m ff o.ä u.ä u.dgl jh jhd
`);

/** Belongs to the number after it; without a number it is an ordinary word. */
export const BEFORE_NUMBER = toSet(`
  no nos p pp vol ch sec fig figs eq art para ed s jan feb mar apr jun jul aug sep sept oct nov dec okt dez mär
`);

export const MONTHS = toSet(`
  januar jänner februar feber märz april mai juni juli august september oktober november dezember
  jan feb mär apr jun jul aug sep sept okt nov dez
`);
