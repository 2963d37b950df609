=== call
title: Antwerp overflow, why not
format: zoom
start: 2026-08-26 10:00
deal: D36
---
Kwame: Hi Thijs, hi Rosa. I got your message that there's a decision.
Thijs: Yes. We go with Fetchline for the overflow.
! F chose_another "We go with Fetchline for the overflow."
! O COMPETITOR 3 no "We go with Fetchline for the overflow."
! K Fetchline "We go with Fetchline for the overflow."
Kwame: Okay. That hurts, but thank you for telling me in person. What tipped it?
Rosa: The tall shelf. Their machine reaches the fourth level by itself and yours needs a person with a ladder.
! O FIT 3 no "Their machine reaches the fourth level by itself and yours needs a person with a ladder."
Kwame: We knew about the fourth level. Did the speed play any role?
Rosa: You were faster on the floor, by a lot. In the overflow nobody cares about speed.
Thijs: I did say that we'd compare you again for Rotterdam. There are no tall shelves in Rotterdam.
Kwame: What's in Rotterdam?
Thijs: Totes. Thousands of totes between the goods-in and the shelves, and a team that's shrinking.
! Q need 1 "Thousands of totes between the goods-in and the shelves, and a team that's shrinking."
Kwame: When would you want to talk about it?
Thijs: After the holidays. Write to me in September.
Kwame: I'll write to you on the seventh of September.
! C COMMITTED Kwame 2026-09-07 "I'll write to you on the seventh of September."
Rosa: And bring the fast one.
Kwame: I'll see whether I can get it for a day.
! C HEDGED Kwame - "I'll see whether I can get it for a day."

=== call
title: Rotterdam tote flow discovery
format: teams
start: 2026-09-21 13:00
deal: D15
---
Kwame: Good to see you both again. Willem, we haven't met.
Willem: I'm the late shift. I'm the one who finds the totes that the early shift hides.
Thijs: We don't hide them.
Willem: They're hidden, Thijs.
Kwame: How many totes are we talking about?
Rosa: Five thousand two hundred a day between goods-in and shelves. I've timed it, each one travels eighty metres and waits for fifty minutes on average.
! Q situation 2 "Five thousand two hundred a day between goods-in and shelves."
! Q metrics 2 "I've timed it, each one travels eighty metres and waits for fifty minutes on average."
Yuki: What does the waiting do to you?
Rosa: Orders that could go out today go tomorrow. About six percent.
Willem: And the people run to catch up at the end of the shift. Somebody twisted an ankle last month.
! Q pain,identify_pain 2 "Somebody twisted an ankle last month."
Kwame: What would good look like?
Thijs: Fifteen minutes of waiting. And no running.
Yuki: Would you let us put trackers on fifty totes for a week?
Willem: If I don't have to scan them.
Yuki: You don't.
Willem: Then yes, I'll put them on myself, give me until Thursday.
! C ACCEPTED Willem 2026-09-24 "Would you let us put trackers on fifty totes for a week?" "Then yes, I'll put them on myself, give me until Thursday."
Kwame: Fantastic. And who else should be part of this conversation?
Thijs: For now it's us three. The management looks at it when it's finished.
Kwame: I'd be glad to meet them earlier than that.
Thijs: I know. Let's do our homework first.
Kwame: Fair. I'll send the trackers tomorrow by courier.
! C COMMITTED Kwame 2026-09-22 "I'll send the trackers tomorrow by courier."

=== call
title: Rotterdam results with the team
format: gong
start: 2026-11-05 13:30
deal: D15
---
Yuki: So this is the map. Red is where a tote stands for more than half an hour.
Willem: That's my corner. I told you they hide them there.
Rosa+: It's the lift. Everything waits for the lift.
Yuki: Exactly. With carriers on the ramp you don't need the lift for totes at all.
Thijs: The ramp is eight percent. Can they do eight?
Yuki: Loaded, yes, at half the speed.
Rosa: And the waiting time?
Yuki: Twelve minutes in the model. You wanted fifteen.
Thijs: That's good. That's really good.
Willem: What do I do when one stands still on the ramp?
Yuki: You push the grey button and it goes back down by itself.
Willem: I like the grey button.
Kwame: Thijs, when can we show this to your management?
Thijs: I need it on paper first. Send me the document and I'll pass it around.
Kwame: I'll send the document by Wednesday.
! C ACCEPTED Kwame 2026-11-11 "Send me the document and I'll pass it around." "I'll send the document by Wednesday."
Rosa: I'd like the tracker data too, as a table.
Yuki: You'll have it tomorrow, Rosa.
! C ACCEPTED Yuki 2026-11-06 "I'd like the tracker data too, as a table." "You'll have it tomorrow, Rosa."
Kwame: And could we book half an hour with the three of you on the twenty-sixth?
Thijs: Sure, half past one as always.

=== mail
thread: harbour-document
from: Kwame
to: Thijs
cc: Rosa, Willem
date: 2026-11-11 11:00
subject: Rotterdam: the document
deal: D15
opts: sig=internal html
---
Hi Thijs,

the document is in the portal, the link is below. Page 3 is the map with Willem's corner.

https://portal.northwind-robotics.example/d/rotterdam-tote-flow

Kwame

=== mail
thread: harbour-document
from: Rosa
to: Kwame
cc: Thijs
date: 2026-11-17 14:31
deal: D15
opts: sig=external
---
Hi Kwame,

Thijs is at a training this week, so nobody has looked at it yet. I have the tracker table, thank you. I will remind him on Monday.
! C COMMITTED Rosa 2026-11-23 "I will remind him on Monday."

Rosa

=== call
title: Dispatch hall discovery
format: zoom
start: 2026-09-17 10:00
deal: D17
---
Kwame: Hi Mette. First of all thank you for letting the gentleman from Leeds see your haulers. He still talks about it.
Mette: He wanted to buy mine. I said no.
Kwame: You use two in the cheese store. Now it's about dispatch?
Mette: Yes. The trucks wait for an hour and ten minutes on average. The drivers write their names in the dust on my office window.
! Q pain,identify_pain,need 2 "The trucks wait for an hour and ten minutes on average."
! Q metrics 2 "The trucks wait for an hour and ten minutes on average."
Farid: Why do they wait?
Mette: The pallets come from four cold rooms and nobody knows in which order. We use a whiteboard.
! Q situation 2 "The pallets come from four cold rooms and nobody knows in which order. We use a whiteboard."
Kwame: What if it stays like this?
Mette: The supermarket chain charges us from January, ninety euros for each truck that leaves late. We have sixty trucks a day.
! Q critical_event,impact,timeline 2 "The supermarket chain charges us from January, ninety euros for each truck that leaves late."
Farid: So five thousand a day in the worst case.
Mette: In the worst case. Søren has the same number on his wall. He's the COO and he'd pay for it, he asked me to find a solution.
! Q economic_buyer,authority 1 "He's the COO and he'd pay for it, he asked me to find a solution."
Kwame: Could we have him in the next call?
Mette: I've already put it into his calendar for October.
! Q champion 2 "I've already put it into his calendar for October."
Farid: I'll need the truck log for September.
Mette: You can have it on the first of October, I'll export it that morning.
! C COMMITTED Mette 2026-10-01 "You can have it on the first of October, I'll export it that morning."
Kwame: Great. We'll prepare a first idea with about two hundred thousand as a frame, so that he isn't surprised.
! P "We'll prepare a first idea with about two hundred thousand as a frame, so that he isn't surprised."
Mette: Good thinking.

=== call
title: Dispatch hall with the COO
format: teams
start: 2026-10-29 09:00
deal: D17
---
Kwame: Good morning Søren. Mette has told us a lot about the window with the names.
Søren: It's still not cleaned. I leave it as a reminder.
Farid: We looked at the truck log. Seventy percent of the waiting comes from the two rooms in the north.
Søren: Interesting. We always blamed the drivers.
Mette: I never blamed the drivers.
Søren: You didn't, that's true.
Farid: With seven haulers and a sequence from Pilot, the waiting falls to twenty-five minutes.
Søren: What's the figure on the bill?
Kwame: Two hundred and five thousand.
! P "Two hundred and five thousand."
Søren: It's in line with what I expected. I can approve it, but there's something you should know. The group is changing. There may be a new structure from December, and it isn't clear who's responsible for dispatch then.
! F reorganisation "There may be a new structure from December, and it isn't clear who's responsible for dispatch then."
! Q economic_buyer,authority 2 "I can approve it, but there's something you should know."
Kwame: When will it be clear?
Søren: When the board tells me. I hope before Christmas.
Mette: I hope so too.
Kwame: Is it better to wait or to go on?
Søren: Go on with the planning. I can't start anything in the middle of it, it's just not the moment.
! O TIMING 2 unknown "I can't start anything in the middle of it, it's just not the moment."
Farid: Then I'd like to see the north rooms. The tenth of November?
Mette: The tenth works, I'll be at the gate at nine.
! C ACCEPTED Mette 2026-11-10 "The tenth of November?" "The tenth works, I'll be at the gate at nine."
Søren: I'll join you for coffee if I can.
! C HEDGED Søren - "I'll join you for coffee if I can."

=== mail
thread: dalgaard-goodbye
from: Mette
to: Kwame
cc: Farid
date: 2026-11-05 15:20
subject: My last day
deal: D17
opts: sig=external
---
Dear Kwame, dear Farid,

this is a strange mail to write. Tomorrow is my last day at Dalgaard. I start as head of logistics at another company in December, nothing to do with milk.
! F champion_leaving "Tomorrow is my last day at Dalgaard."

Søren knows everything about the project. I promised to meet you at the gate on the tenth, that is off now, I am sorry.
! C CANCELLED Mette - "I promised to meet you at the gate on the tenth"

It was a pleasure.
Mette

=== mail
thread: dalgaard-visit
from: Søren
to: Kwame
cc: Farid
date: 2026-11-09 17:32
subject: Cancelled: visit to the north rooms
deal: D17
opts: sig=external
ics: CANCEL 2026-11-10 09:00 120 Visit to the north rooms
---
Kwame, with Mette gone and the reorganisation announced this morning I have to cancel tomorrow. Dispatch moves to a new unit and its head is not named.
! F reorganisation "with Mette gone and the reorganisation announced this morning I have to cancel tomorrow"

I will not set a new date before I know whom it concerns.
! C NEGATED Søren - "I will not set a new date before I know whom it concerns."

Søren

=== mail
thread: dalgaard-visit
from: Kwame
to: Søren
cc: Farid
date: 2026-11-10 08:20
deal: D17
opts: sig=internal
---
Dear Søren,

I understand, thank you for the early word. May I call you on 24 November?
! C REQUESTED - - "May I call you on 24 November?"

Kwame

=== call
title: Filling lines, good beginnings
format: json
start: 2026-09-25 11:00
deal: D18
---
Kwame: Buongiorno. Chiara, I heard that the creams travel more than the tourists.
Chiara: [laughter] That's it exactly. From the filling line to packaging it's three hundred metres through a corridor that's from 1930.
! Q situation 2 "From the filling line to packaging it's three hundred metres through a corridor that's from 1930."
Farid: How do they go today?
Chiara: By hand cart, forty jars at a time. I've got nine people who do nothing else. When two are ill the lines stop.
! Q pain,identify_pain,need 2 "When two are ill the lines stop."
Kwame: How often did they stop this year?
Chiara: Fourteen times. Three hours each, more or less.
! Q metrics 2 "Fourteen times. Three hours each, more or less."
Giulia: Each hour is two thousand one hundred euros. I calculated it for the budget.
! Q impact 2 "Each hour is two thousand one hundred euros. I calculated it for the budget."
Kwame: So there's a budget?
Giulia: There's a line with one hundred thousand for internal transport, yes. It's approved for this fiscal year, which ends on the thirty-first of December.
! Q budget,timeline 2 "There's a line with one hundred thousand for internal transport, yes."
Chiara: I love the idea. I showed your film to the general manager in the lift, he had no way out.
! Q champion 2 "I showed your film to the general manager in the lift, he had no way out."
Kwame: And what did he say?
Chiara: He said bello. From him that's a lot.
Farid: What will you choose by?
Chiara: First the width, the corridor is one metre ninety. Second, no noise. Third, it must be beautiful, we're a cosmetics company.
! Q decision_criteria 2 "First the width, the corridor is one metre ninety. Second, no noise."
Kwame: And the way to a yes?
Chiara: I propose, Giulia checks, the general manager decides in the Tuesday round. Two weeks if nobody is on holiday.
! Q decision_process,decision 2 "I propose, Giulia checks, the general manager decides in the Tuesday round."
Farid: I'll measure the corridor on the sixth of October.
! C COMMITTED Farid 2026-10-06 "I'll measure the corridor on the sixth of October."
Chiara: I'll be very happy to see you.

=== call
title: Offer for twenty carriers
format: zoom
start: 2026-10-15 11:00
deal: D18
---
Kwame: So the corridor is wide enough, by four centimetres.
Chiara: By four centimetres! I'm so happy. I danced in the office.
Kwame: The offer is ninety-seven thousand, as rental with purchase at the end, with the white covers.
! P "The offer is ninety-seven thousand, as rental with purchase at the end, with the white covers."
Giulia: It fits into the line. Thank you for that.
Paolo: I'm Paolo, purchasing. It's my first time here so let me ask the stupid questions. Why white?
Chiara+: Because I want it.
Paolo: Good, that's a requirement then.
Farid: White is no problem.
Paolo: Second one. What does the competition say?
Chiara: I didn't ask the competition.
Paolo: Then I will. That's my job.
! C COMMITTED Paolo - "Then I will."
Kwame: That's fine. I'd only ask you to compare the corridor too.
Paolo: Of course. You'll have my feedback by the end of the month.
! C COMMITTED Paolo 2026-10-31 "You'll have my feedback by the end of the month."
Giulia: I'd need the cost by quarter. Can you do it in a table?
Kwame: Sure, I'll send you the table tomorrow.
! C ACCEPTED Kwame 2026-10-16 "Can you do it in a table?" "Sure, I'll send you the table tomorrow."
Chiara: I think we've got a wonderful project.

=== call
title: Final scope
format: json
start: 2026-11-17 11:00
deal: D18
---
Kwame: Good morning Chiara, Giulia, Paolo. How are you?
Chiara: Good morning. I'm happy to see you, at least. The test carrier is still my favourite colleague.
Kwame: I'm glad. It's had a good month, hasn't it?
Chiara: A great month. Not one stop. The people love it.
Paolo: It works very well, I have to admit it.
Kwame: So, the final scope. We have seventy-eight thousand in the last version.
! P "We have seventy-eight thousand in the last version."
Giulia: Yes. About that. I'm afraid it's not the last version.
Kwame: Okay. Tell me.
Giulia: The sales in October were terrible. The general manager has cut every line by half. We have approval for forty-eight thousand, not more.
! O BUDGET 3 unknown "We have approval for forty-eight thousand, not more."
! Q budget 2 "We have approval for forty-eight thousand, not more."
Chiara: I found out yesterday. I was furious.
@pause 1.5
Kwame: I can imagine. What would you keep, if you had to choose?
Chiara: I don't want to choose. With ten carriers only one line works, and the other line hates us.
Farid: Ten carriers could serve the two lines in turns, with a buffer.
Chiara: With a buffer there's no room in the corridor. It's a bad solution.
Paolo: And to be frank, for ten carriers the price for each is worse than before. That's ridiculous.
! O PRICE 3 unknown "And to be frank, for ten carriers the price for each is worse than before."
Kwame: The installation is the same for ten as for twenty, that's where it comes from. May I look at it again?
Paolo: You may. But I've lost patience. Four versions in six weeks.
Kwame+: Two of them were asked for by you, to be fair.
Paolo: That doesn't make it better.
Giulia: We also don't know if the year end works. Nobody has looked at the contract yet. I'm worried about that.
Kwame: Who would look at it?
Giulia: I don't know. The lawyer left in summer and she wasn't replaced. It's a mess.
Chiara+: It's sad. It was such a beautiful project.
Kwame: It still can be. What if the second ten come in a separate order in spring?
Chiara: In spring I won't believe anything any more. I'm tired of promises.
! O TRUST 2 unknown "In spring I won't believe anything any more. I'm tired of promises."
Giulia: I can't promise anything for spring. The plan is awful.
! C NEGATED Giulia - "I can't promise anything for spring."
Farid: I could simulate ten carriers without a buffer, there may be a way.
Chiara: Try it. I don't expect much, honestly.
Farid: I'll have it ready by Tuesday.
! C ACCEPTED Farid 2026-11-24 "Try it." "I'll have it ready by Tuesday."
Paolo: And a better price, please. Otherwise we should stop wasting our time.
Kwame: I'll talk to my manager and come back to you on Tuesday as well.
! C COMMITTED Kwame 2026-11-24 "I'll talk to my manager and come back to you on Tuesday as well."
Giulia: Fine. I'm sorry that it's so unpleasant.
Chiara: It's the worst November that I remember.
Kwame: We'll find something. Until Tuesday, at eleven.

=== call
title: Weihnachtsspitze, Erstgespräch
format: teams
start: 2026-05-21 09:00
deal: D23
---
Kwame: Guten Morgen Herr Reinhardt. Mein Deutsch ist nicht perfekt, aber ich gebe mir Mühe.
Uwe: Besser als mein Englisch. Also, bei uns ist das ganze Jahr Ruhe, und dann kommt der Oktober.
Kwame: Was passiert im Oktober?
Uwe: Da verschicken wir sechzig Prozent vom Jahr in zehn Wochen. Letztes Jahr hatten wir neunzig Aushilfen, dieses Jahr finde ich vierzig.
! Q situation,pain,identify_pain 2 "Letztes Jahr hatten wir neunzig Aushilfen, dieses Jahr finde ich vierzig."
Kwame: Und was bedeutet das, wenn fünfzig Leute fehlen?
Uwe: Dass Geschenke nach Weihnachten ankommen. Das hatten wir 2022, da sind zwei große Kunden gegangen.
! Q impact 2 "Dass Geschenke nach Weihnachten ankommen. Das hatten wir 2022, da sind zwei große Kunden gegangen."
Kwame: Bis wann müsste das System laufen?
Uwe: Ende September. Danach fasse ich nichts mehr an.
! Q timeline,critical_event 2 "Ende September. Danach fasse ich nichts mehr an."
Kwame: Wer entscheidet bei Ihnen?
Uwe: Frau Fuchs, die Geschäftsführerin. Die will immer drei Zahlen sehen: was kostet es, was bringt es, wann geht es wieder weg.
! Q economic_buyer,authority 1 "Frau Fuchs, die Geschäftsführerin."
Kwame: Wann geht es wieder weg, das gefällt mir. Wir haben dafür eine Miete für vier Monate.
Uwe: Genau so etwas brauche ich.
Kwame: Können Sie mir bis Freitag die Auftragszahlen vom letzten Herbst schicken?
Uwe: Ja, mache ich, die bekommen Sie am Freitag.
! C ACCEPTED Uwe 2026-05-22 "Können Sie mir bis Freitag die Auftragszahlen vom letzten Herbst schicken?" "Ja, mache ich, die bekommen Sie am Freitag."
Kwame: Prima. Ich rechne das dann bis zum fünften Juni durch.
! C COMMITTED Kwame 2026-06-05 "Ich rechne das dann bis zum fünften Juni durch."
Uwe: Sehr gut. Dann bis Juni.

=== mail
thread: pinnacle-vertrag
from: Sabine
to: Kwame
cc: Uwe
date: 2026-08-12 08:05
subject: Ihr Angebot für die Weihnachtsspitze
deal: D23
lang: de
opts: sig=outlook
---
Sehr geehrter Herr Asante,

die drei Zahlen stimmen. Ich unterschreibe den Vertrag am Freitag und schicke ihn am selben Tag zurück.
! C COMMITTED Sabine 2026-08-14 "Ich unterschreibe den Vertrag am Freitag und schicke ihn am selben Tag zurück."

Bitte liefern Sie an: Pinnacle Toys, Tor 3, Hafenstraße 112, 90451 Nürnberg.
! W pinnacle-gate "Bitte liefern Sie an: Pinnacle Toys, Tor 3, Hafenstraße 112, 90451 Nürnberg."

=== mail
thread: pinnacle-vertrag
from: Kwame
to: Sabine
cc: Uwe
date: 2026-08-12 09:10
deal: D23
lang: de
opts: sig=internal
---
Sehr geehrte Frau Fuchs,

vielen Dank, wir freuen uns sehr. Die Geräte sind ab dem 14. September bei Ihnen.

Mit freundlichen Grüßen
Kwame Asante

=== call
title: Pharmacy runs, on the ward
format: zoom
start: 2026-06-10 14:00
deal: D25
---
Kwame: Hello Fiona, hello Derek. The tender papers are forty pages, so thank you for the call.
Fiona: Sorry about the forty pages. It's twelve runs a day from the pharmacy to the wards, and my technicians push the trolleys. They trained for four years.
! Q situation,pain,identify_pain 2 "It's twelve runs a day from the pharmacy to the wards, and my technicians push the trolleys."
Yuki: What would they do instead?
Fiona: Check prescriptions. We found thirty-one errors in one month when we had time to look. Thirty-one.
! Q metrics,impact 2 "We found thirty-one errors in one month when we had time to look."
Derek: My issue is lifts. There are six of them and two are older than me.
Yuki: Can a robot call them?
Derek: The four new ones. For the other two you'd need a relay, and my estates team is down to three, I can't have them rewiring lifts all summer.
! O EFFORT 2 yes "my estates team is down to three, I can't have them rewiring lifts all summer"
Yuki: Do the routes to the wards need the two old ones?
Derek: Hm. No, actually. Only the laundry does.
Yuki: So nobody touches them.
Derek: That's a relief. Then I've got no objection.
Fiona: The trust scores on safety fifty, quality thirty, price twenty.
! Q decision_criteria 2 "The trust scores on safety fifty, quality thirty, price twenty."
Kwame: Very clear. And patient data on the boxes, is that a topic?
Fiona: The boxes are sealed and only carry a number.
Kwame: Good. I'll submit the tender on the twenty-fourth of June.
! C COMMITTED Kwame 2026-06-24 "I'll submit the tender on the twenty-fourth of June."
Derek: Would you send me the lift interface drawing beforehand?
Yuki: Yes, you'll get it this Friday.
! C ACCEPTED Yuki 2026-06-12 "Would you send me the lift interface drawing beforehand?" "Yes, you'll get it this Friday."

=== call
title: Award meeting
format: otter
start: 2026-09-15 10:00
deal: D25
---
Fiona: Well, you came first on safety and second on price. Congratulations.
Kwame: That's lovely to hear. I'll tell the whole office.
Derek: Don't celebrate yet, there's the standstill period. Ten days where the others can complain.
! Q paper_process 2 "Ten days where the others can complain."
Kwame: And then?
Fiona: Then the chief executive signs, on the thirtieth.
! Q decision_process,decision 2 "Then the chief executive signs, on the thirtieth."
Derek: I'll need a risk assessment for the corridor with the beds.
Yuki: I'm on it, you'll have a draft by next Tuesday.
! C ACCEPTED Yuki 2026-09-22 "I'll need a risk assessment for the corridor with the beds." "I'm on it, you'll have a draft by next Tuesday."
Fiona: The nurses want to name it.
Kwame: Everybody does.
Fiona: They're between Florence and Boxy.
Derek: It'll be Boxy.
Kwame: For the minutes, the contract is eighty-eight thousand over three years.
! P "For the minutes, the contract is eighty-eight thousand over three years."
Fiona: Yes. And I'm happy to talk to other hospitals, after Christmas, if it all works.
! C HEDGED Fiona - "And I'm happy to talk to other hospitals, after Christmas, if it all works."
Kwame: I'll hold you to it. Kindly.

=== note
path: notes/2026-11-17 Sable scope.md
title: Sable, what is left
date: 2026-11-17 12:15
by: Kwame
deal: D18
---
# Sable, what is left

CRM says 78,000, approval is 48,000. I do not want to change the amount before Marcus has seen it.

* Mood: from dancing in October to the worst November
* Nobody on their side owns the contract since the lawyer left
* Tuesday at eleven: Farid with ten carriers, me with a price

=== document
path: documents/2026-09-14 amberley-award-letter.html
title: Award letter, pharmacy runs
date: 2026-09-14 16:00
by: Fiona
deal: D25
---
<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Award letter, pharmacy runs</title></head>
<body>
<p>Amberley Hospital Trust, 14 September 2026</p>
<h1>Award letter, pharmacy runs</h1>
<p>Following evaluation of four tenders, the Trust intends to award the contract to Northwind Robotics GmbH.</p>
<ul>
<li>Safety: 46 of 50 points (first)</li>
<li>Quality: 25 of 30 points (second)</li>
<li>Price: 16 of 20 points (second)</li>
</ul>
<p>The standstill period ends at midnight on 24 September 2026.</p>
</body>
</html>
! W standstill "The standstill period ends at midnight on 24 September 2026."
