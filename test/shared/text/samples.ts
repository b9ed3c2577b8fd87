// Texts for the tests of shared/text, written for them: articles, a mail, text as it comes out of a PDF, short notices.

export const SOLAR = `# Balcony solar: what changed in 2024

Germany has made it much easier for tenants to generate their own electricity. Since May 2024, small balcony solar systems, also known as plug-in solar devices, no longer need to be registered with the grid operator. A single entry in the market register of the Federal Network Agency is enough. According to Dr. Anna Weber of the Institute for Energy Policy, the number of registered balcony solar systems rose from roughly 300,000 to more than 700,000 within a year, i.e. it more than doubled.

## Limits

The inverter may now feed up to 800 watts into the household grid, up from 600 watts. The solar panels themselves may have a combined output of 2,000 watts. However, this does not mean that a household saves 800 watts around the clock. On a cloudy day in December the panels produce less than 10 percent of their nominal output. A typical household with two solar panels saves between 60 and 150 euros a year, depending on the orientation of the balcony and on how much electricity is used during the day.

| System | Price | Output |
|--------|-------|--------|
| Small | 250 € | 400 W |
| Large | 600 € | 800 W |

## Landlords

Landlords can no longer refuse a balcony solar system without good reason. Balcony solar was added to the list of *privileged* measures in tenancy law, next to charging points and barrier-free access. They may still have a say in how the panels are mounted, e.g. to keep the façade uniform. Tenants should therefore ask for permission in writing before they drill any holes. See [the guide of the consumer agency](https://www.example.org/guide?x=1) for a sample letter.

\`\`\`js
const watts = 800; // do not touch.
\`\`\`

## Is it worth it?

Prices have fallen sharply. A complete system with two panels, an inverter and a mounting kit costs about 400 euros today, compared with 900 euros in 2022. At an electricity price of 35 cents per kilowatt-hour the system pays for itself after four to six years. Batteries, by contrast, are rarely worth the money for such small systems, because the surplus is tiny. Anyone who works from home and runs the washing machine at noon benefits most.
  `;
export const RENT_DE = `Mietpreisbremse: Was der neue Entwurf vorsieht

Die Bundesregierung will die Mietpreisbremse bis Ende 2029 verlängern. Der Entwurf, den das Justizministerium am 3. Mai vorgelegt hat, enthält außerdem neue Regeln für möblierte Wohnungen und für Kurzzeitmietverträge. Nach Angaben von Prof. Dr. Michael Schröder von der Universität Köln wird die Mietpreisbremse bislang vor allem dort umgangen, wo Wohnungen möbliert angeboten werden, z. B. in Berlin, München und Hamburg. In diesen Städten war 2023 bereits jede dritte inserierte Wohnung möbliert.

Künftig sollen Vermieter den Zuschlag für Möbel gesondert ausweisen. Fehlt die Angabe, gilt die Wohnung als unmöbliert, d. h. der Mieter schuldet nur die ortsübliche Vergleichsmiete zuzüglich zehn Prozent. Der Zuschlag darf höchstens fünf Prozent der Nettokaltmiete betragen. Kurzzeitmietverträge sind nur noch bis zu sechs Monaten von der Mietpreisbremse ausgenommen. Wer länger vermietet, muss sich an die Vergleichsmiete halten.

Der Mieterbund begrüßt den Entwurf. „Endlich wird ein Schlupfloch geschlossen, über das wir uns seit Jahren ärgern“, sagte die Präsidentin. Allerdings fehle es weiterhin an Kontrollen, denn bisher müssen Mieter selbst gegen überhöhte Mieten klagen. Der Eigentümerverband Haus & Grund lehnt die Pläne dagegen ab. Er warnt davor, dass Vermieter ihre Wohnungen verkaufen statt vermieten. Das 19. Jahrhundert habe gezeigt, dass Preisregeln allein keine Wohnungen schaffen.

Der Bundestag berät über den Entwurf voraussichtlich im Herbst. Stimmt er zu, gelten die neuen Regeln ab dem 1. Januar des kommenden Jahres. Für bestehende Mietverträge ändert sich nichts.
  `;
export const MAIL = `Hi Tom,

thanks for the call yesterday. I went through the notes and I think we should move the launch of the customer portal to 14 October. The payment provider cannot deliver the sandbox before 20 September, and QA needs at least two weeks with it. Marketing has not booked any ads yet, so moving the launch costs us nothing.

Two things I need from you by Friday:

- Confirm the new launch date with the board
- Ask legal whether the privacy notice covers the payment provider

The migration of the old accounts is on track. Of 48,200 accounts, 46,900 have been migrated, and the remaining ones fail because of duplicate e-mail addresses. Priya is writing a script that merges them.

Best regards,
Lena
Head of Product
+49 30 1234567
  `;
export const PDF_TEXT = `The Effect of Noise on Sleep in Cities
A Field Study

Road traffic is the most widespread source of environ-
mental noise in European cities. This study followed
412 adults in three cities over eight weeks and mea-
sured both noise at the bedroom window and sleep with
wrist sensors. Participants who were exposed to more
than 55 decibels at night slept on average 31 minutes
less than those in quiet streets. Night-time noise peaks
mattered more than the average level: each additional
truck between midnight and 5 a.m. reduced deep sleep by
0.8 minutes. The effect was strongest in people over 60.
Earplugs helped only half of the participants, cf. Miller
et al. (2019). We conclude that limits for average noise
levels do not protect sleep and that cities should limit
heavy traffic at night instead.
  `;
export const LECTURE_DE = `Photosynthese

Pflanzen wandeln mit Hilfe von Licht Kohlendioxid und Wasser in Zucker und Sauerstoff um. Dieser Vorgang heißt Photosynthese und läuft in den Chloroplasten der Blätter ab. Chlorophyll, der grüne Farbstoff der Blätter, nimmt vor allem rotes und blaues Licht auf. Man unterscheidet die Lichtreaktion und den Calvin-Zyklus. In der Lichtreaktion wird Wasser gespalten, wobei Sauerstoff frei wird und die Energieträger ATP und NADPH entstehen. Im Calvin-Zyklus wird mit dieser Energie Kohlendioxid zu Zucker aufgebaut. Ohne Photosynthese gäbe es fast keinen Sauerstoff in der Atmosphäre. Die Geschwindigkeit der Photosynthese hängt von der Lichtstärke, der Temperatur und dem Gehalt an Kohlendioxid ab. Bei großer Hitze schließen viele Pflanzen ihre Spaltöffnungen, um kein Wasser zu verlieren; dann gelangt auch kein Kohlendioxid mehr in die Blätter. C4-Pflanzen wie Mais haben dafür eine Lösung gefunden: Sie reichern Kohlendioxid in besonderen Zellen an.
  `;
export const FRENCH = `Le télétravail s'est imposé dans de nombreuses entreprises françaises. Selon une étude de l'institut national, un salarié sur cinq travaille au moins un jour par semaine à la maison. Les entreprises y voient un moyen de réduire leurs bureaux, mais les salariés craignent l'isolement. Les syndicats demandent que le télétravail reste volontaire et que les entreprises paient le matériel. Pour les villes moyennes, le télétravail est une chance : des familles quittent Paris pour s'y installer.`;
export const NEWS: string[] = [
  `The city council approved a new cycling plan on Tuesday. It adds 40 kilometres of protected bike lanes over five years. Cyclists welcomed the bike lanes, while shop owners fear the loss of parking.`,
  `A survey shows that protected bike lanes make more people cycle to work. Cities that built bike lanes saw the number of cyclists rise by 30 percent, researchers found.`,
  `Parking in the centre will become more expensive next year, the council decided. The money goes into cycling and bike lanes, the mayor said, and into safer crossings for cyclists.`,
  `Sourdough bread needs only flour, water, salt and time. Feed the starter with flour and water the evening before, then knead the dough and let it rest overnight. Bake the bread at 240 degrees.`,
  `Good bread begins with good flour. Rye flour gives a dense dough, wheat flour a light one. Bakers let the dough rest for a day before they bake the bread in a hot oven.`,
  `The quarterly earnings of the chip maker beat expectations. Revenue rose 12 percent to 8.4 billion dollars, driven by demand for memory in data centres. Shares gained 6 percent after hours.`,
];
export const PAPERS_DE: string[] = [
  `Stromrechnung Nr. 2024-118. Sehr geehrter Herr Maier, für den Zeitraum Januar bis Dezember berechnen wir Ihnen 812,40 Euro. Der Betrag wird am 15. März von Ihrem Konto abgebucht.`,
  `Rechnung. Für die Reparatur der Waschmaschine stellen wir Ihnen 145 Euro in Rechnung. Bitte überweisen Sie den Betrag innerhalb von 14 Tagen.`,
  `Mietvertrag zwischen Frau Schulz (Vermieterin) und Herrn Maier (Mieter) über die Wohnung in der Gartenstraße 5. Die Kündigungsfrist beträgt drei Monate.`,
  `Befund: Das Blutbild ist unauffällig. Der Patient klagt über Rückenschmerzen. Wir empfehlen Physiotherapie und eine Kontrolle in sechs Wochen beim Arzt.`,
  `Zutaten: 500 g Mehl, 250 g Butter, 3 Eier. Den Teig kneten und 30 Minuten ruhen lassen. Bei 180 Grad im Ofen backen.`,
  `Liebe Oma, vielen Dank für das schöne Paket. Wir haben uns sehr gefreut. Im Sommer kommen wir dich besuchen.`,
];
export const BEES: string[] = [
  `In spring the beekeeper opens the hive on the first warm day. The colony needs food after the winter, and the frames must be checked for brood. If the queen is missing, the bees grow restless and the colony soon dies out. Many beekeepers feed sugar syrup until the fruit trees blossom.`,
  `Varroa mites are the greatest threat to honey bees in Europe. The mites live on the brood and weaken the colony until it collapses in winter. Treatment with formic acid in late summer keeps the number of mites low. Beekeepers who skip the treatment lose every third hive on average.`,
  `Honey is harvested when most cells of the comb are capped. The frames are taken out of the hive, uncapped with a fork and spun in an extractor. Twenty kilograms of honey from one colony is a good harvest. Afterwards the bees must be fed, or they starve before winter.`,
  `A swarm leaves the hive with the old queen in May. The bees hang from a branch in a dense cluster while scouts look for a new home. A calm beekeeper can shake the swarm into a box and give it frames with fresh comb. Within weeks it becomes a strong colony.`,
  `City bees often make more honey than bees in the countryside, where fields are sprayed and flowers are rare. Parks, balconies and lime trees feed the colonies from April to September. Critics say that too many hives in a city leave little for wild bees. Beekeeping clubs therefore advise two hives for each garden at most.`,
  `The court ruled that the airline must refund the tickets in full. The passengers had cancelled the flight within a day of booking, as the conditions allowed. The airline had offered vouchers only. A lawyer for the passengers called the judgment a clear signal to the industry.`,
];
export const THREE_THEMES_DE: string[] = [
  `Der Kontoauszug für Februar liegt bereit. Auf dem Girokonto sind Gehalt und Miete gebucht worden, der Kontostand beträgt 2.310 Euro. Die Bank erhebt ab April eine Gebühr für die Kontoführung.`,
  `Die Bank senkt die Zinsen auf das Tagesgeld. Wer mehr als 50.000 Euro auf dem Konto hat, bekommt nur noch ein Prozent. Kunden können das Konto jederzeit kündigen.`,
  `Ihr Antrag auf einen Kredit wurde von der Bank genehmigt. Die Zinsen sind für zehn Jahre fest. Die Rate wird monatlich vom Girokonto abgebucht.`,
  `Der Wanderweg beginnt am Bahnhof und führt durch den Wald hinauf zur Hütte. Für den Aufstieg zum Gipfel braucht man drei Stunden. Von der Hütte sieht man bei gutem Wetter bis zu den Alpen.`,
  `Am zweiten Tag der Wanderung geht es vom Gipfel hinunter ins Tal. Der Weg ist steil und nach Regen rutschig, Stöcke helfen beim Abstieg. Die Hütte im Tal hat 40 Schlafplätze.`,
  `Packliste für die Wanderung: Stöcke, Regenjacke, Karte, Wasser und Hüttenschlafsack. Auf der Hütte gibt es Abendessen, für den Weg zum Gipfel nimmt jeder eine Brotzeit mit.`,
  `Das Konzert des Orchesters beginnt um 20 Uhr. Gespielt werden eine Sinfonie von Brahms und ein Klavierkonzert von Mozart. Die Solistin am Klavier hat zuletzt in Wien gespielt.`,
  `Für die Probe am Donnerstag bitte die Noten der Sinfonie mitbringen. Das Orchester sucht noch zwei Bratschen. Vor dem Konzert treffen wir uns um 19 Uhr hinter der Bühne.`,
  `Kritik: Das Orchester spielte die Sinfonie mit viel Kraft, das Klavier ging darin manchmal unter. Das Publikum feierte die Solistin und das Konzert mit langem Beifall.`,
];
