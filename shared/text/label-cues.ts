// What people file things under, in English and German, and the words by which such texts give themselves away. A label
// that holds one of a row's `names` may be matched by the row's `cues` as well as by its own words.

interface CueRow {
  names: readonly string[];
  cues: readonly string[];
}

const row = (names: string, cues: string): CueRow => ({
  names: names.trim().split(/\s+/),
  cues: cues.trim().split(/\s+/),
});

export const LABEL_CUES: readonly CueRow[] = [
  row(
    'invoice bill receipt rechnung quittung beleg',
    'invoice bill receipt payable due vat subtotal total amount rechnung rechnungsnummer betrag zahlbar fällig mwst umsatzsteuer netto brutto quittung überweisen kundennummer',
  ),
  row(
    'contract agreement vertrag vereinbarung',
    'contract agreement party parties hereby terminate termination clause obligations vertrag vertragspartner vereinbarung kündigung kündigungsfrist laufzeit klausel unterzeichnen mieter vermieter auftraggeber auftragnehmer',
  ),
  row(
    'tax steuer finanzamt',
    'tax taxable deduction irs hmrc refund steuer finanzamt steuererklärung steuerbescheid einkommensteuer steuernummer freibetrag',
  ),
  row(
    'bank banking account konto finance finanzen money geld',
    'bank account balance iban statement transfer deposit loan interest konto kontoauszug kontostand saldo überweisung kredit zinsen dispo depot sparkasse',
  ),
  row(
    'insurance versicherung',
    'insurance policy premium claim coverage insured insurer versicherung police beitrag schaden versicherungsnehmer haftpflicht krankenkasse',
  ),
  row(
    'health medical medicine doctor gesundheit medizin arzt',
    'doctor patient diagnosis symptom therapy treatment blood prescription clinic hospital medication arzt ärztin patient befund diagnose therapie behandlung blut rezept klinik krankenhaus praxis',
  ),
  row(
    'travel trip holiday vacation reise urlaub',
    'flight hotel booking itinerary airport passenger check-in train luggage trip flug hotel buchung reise urlaub bahn fahrkarte gepäck abfahrt ankunft unterkunft flughafen',
  ),
  row(
    'recipe cooking food kitchen rezept kochen küche essen',
    'tablespoon teaspoon oven flour butter onion garlic simmer bake stir salt pepper teelöffel esslöffel ofen mehl butter zwiebel knoblauch backen rühren zutaten salz pfeffer teig',
  ),
  row(
    'meeting minutes protokoll besprechung sitzung',
    'meeting agenda attendees minutes action decided next besprechung tagesordnung teilnehmer protokoll beschluss sitzung aufgaben',
  ),
  row(
    'job application career cv resume bewerbung lebenslauf karriere',
    'resume applicant application position hiring salary interview skills bewerbung lebenslauf stelle gehalt vorstellungsgespräch arbeitgeber kenntnisse berufserfahrung',
  ),
  row(
    'school education study university schule studium universität bildung',
    'student teacher course exam lecture homework grade semester school schüler lehrer kurs prüfung vorlesung hausaufgabe note semester schule unterricht',
  ),
  row(
    'science research wissenschaft forschung',
    'study researchers experiment hypothesis journal findings laboratory data studie forscher experiment hypothese ergebnisse labor untersuchung',
  ),
  row(
    'software code programming development computer technology technik it entwicklung',
    'software code function bug server database api deploy compiler repository version programm funktion fehler datenbank schnittstelle entwickler',
  ),
  row(
    'sport sports fitness',
    'match team season goal coach league player tournament training spiel mannschaft saison tor trainer liga spieler turnier',
  ),
  row(
    'politics government news politik regierung nachrichten',
    'election parliament minister government party vote president policy wahl parlament minister regierung partei abstimmung bundestag kanzler',
  ),
  row(
    'garden gardening nature plants garten natur pflanzen',
    'soil seed plant prune compost blossom harvest garden erde samen pflanze beet kompost blüte ernte garten gießen',
  ),
  row(
    'car vehicle auto fahrzeug kfz',
    'car engine tyre tire brake mileage garage driver vehicle auto motor reifen bremse werkstatt tüv fahrzeug kilometerstand',
  ),
  row(
    'home house flat rent housing wohnung haus miete wohnen',
    'rent landlord tenant apartment lease heating kitchen miete vermieter mieter wohnung nebenkosten heizung kaution hausverwaltung',
  ),
  row(
    'energy electricity power energie strom',
    'electricity energy solar grid kilowatt meter power strom energie solar netz kilowattstunde zähler heizung photovoltaik',
  ),
  row('music musik', 'song album band concert guitar melody chord orchestra lied album band konzert gitarre melodie akkord orchester'),
  row(
    'book literature reading buch bücher literatur',
    'novel author chapter publisher reader story roman autor kapitel verlag leser erzählung',
  ),
  row(
    'family familie kids children kinder',
    'mother father daughter son grandmother birthday wedding mutter vater tochter sohn oma opa geburtstag hochzeit kita',
  ),
  row(
    'legal law court recht gericht',
    'court judge plaintiff defendant statute law attorney appeal gericht richter kläger beklagte gesetz anwalt urteil klage',
  ),
  row(
    'manual instructions guide anleitung handbuch',
    'install instructions step press button manual setup warning anleitung schritt drücken taste handbuch montage hinweis',
  ),
];
