=== call
title: Odense phase 1 decision
format: zoom
start: 2026-05-28 09:00
deal: D22
---
Hannah: Hi Mikkel, hi Trine. How did the test week go?
Trine: Better than my kitchen renovation. The two carriers did eighteen hundred trips and nobody got angry.
Mikkel: I counted the wood chips. There are none. My worry was always the lacquered fronts.
! Q decision_criteria 2 "My worry was always the lacquered fronts."
Hannah: And how many fronts were damaged in the test week?
Trine: One. In a normal week it's eleven.
! Q metrics 2 "One. In a normal week it's eleven."
Mikkel: Still, sixty-one thousand is a lot of sofas.
! O PRICE 1 yes "Still, sixty-one thousand is a lot of sofas."
Hannah: What does one damaged front cost you?
Mikkel: With the new delivery, about a hundred and forty euros. So ten a week is, hm, seventy thousand a year. Okay, I've just convinced myself.
! Q impact 2 "With the new delivery, about a hundred and forty euros."
Hannah: I wish all my calls went like that.
Mikkel: I decide alone here, it's my company. I'd like to have it running before the summer holiday in July.
! Q economic_buyer,authority 2 "I decide alone here, it's my company."
Hannah: Then I'll send you the contract tomorrow.
! C COMMITTED Hannah 2026-05-29 "Then I'll send you the contract tomorrow."
Mikkel: I'll read it on the weekend and sign it on Monday.
! C COMMITTED Mikkel 2026-06-01 "I'll read it on the weekend and sign it on Monday."
Trine: Can I have the blue ones?
Hannah: You can have the blue ones.

=== call
title: Odense phase 2 idea
format: otter
start: 2026-10-28 10:00
deal: D05
---
Hannah: Hi Trine, hi Mikkel. How are the blue ones?
Trine: Dirty and happy. We call them Bodil and Benny.
Hannah: I love it. You mentioned phase two, the assembly hall.
Mikkel: Trine mentioned it. I'm the one with the brakes.
Trine: The people in assembly fetch their own fittings. Thirty metres there, thirty metres back, two hundred times a day. I think we could do the same thing there.
! Q situation 2 "The people in assembly fetch their own fittings."
Hannah: Have you measured what it costs?
Trine: Not yet. I'd say four hours a day, but it's a guess.
Mikkel: And I say, not now. We've got the new catalogue, the fair in January and the heating. Talk to me after the fair.
! O TIMING 2 no "And I say, not now. We've got the new catalogue, the fair in January and the heating."
Hannah: Understood. Is it the time of the people or the money?
Mikkel: Both. We're a small company, one thing after the other.
Hannah: Would you let Trine do a step count in assembly until then?
Mikkel: She can count what she likes.
Trine: Maybe I'll do it in December when it's quiet.
! C HEDGED Trine - "Maybe I'll do it in December when it's quiet."
Hannah: And shall we put a date in January into the calendar?
Mikkel: No, no dates. I'll shout when I'm ready.
! C HEDGED Mikkel - "I'll shout when I'm ready."
! C NEGATED Mikkel - "No, no dates."
Hannah: Then I'll wait for the shout. Greetings to Bodil and Benny.

=== call
title: Ghent inbound, board feedback
format: teams
start: 2026-08-27 14:00
deal: D40
---
Hannah: Hello Bart. You said you had news from the group.
Bart: I have. They discussed it on Monday for four minutes.
Hannah: Four minutes. That's never good.
Bart: No. I can't decide it myself, anything above twenty-five thousand goes to the board in Lille, and they said no to all projects outside of the e-commerce plan.
! O AUTHORITY 3 no "I can't decide it myself, anything above twenty-five thousand goes to the board in Lille"
! Q decision_process,decision 2 "anything above twenty-five thousand goes to the board in Lille"
Hannah: Was the case itself discussed?
Bart: I don't think they read it. There's no money left for Ghent this year, that's all they wrote.
! O BUDGET 3 no "There's no money left for Ghent this year, that's all they wrote."
Hannah: Is there anything in the e-commerce plan that we could be a part of?
Bart: Returns. Antwerp will take all the returns from the web shop. Femke is building that from nothing.
! Q need 1 "Antwerp will take all the returns from the web shop."
Hannah: Could you introduce me to Femke?
Bart: Yes, I'll put you in touch this afternoon.
! C ACCEPTED Bart 2026-08-27 "Could you introduce me to Femke?" "Yes, I'll put you in touch this afternoon."
Hannah: Thank you. And Ghent, shall we close it?
Bart: Close it. I hate to say it.
Hannah: Thanks for fighting, Bart.
Bart: It was a short fight.

=== call
title: Antwerp returns discovery
format: zoom
start: 2026-09-11 11:00
deal: D08
---
Hannah: Hi Femke, lovely to meet you. Bart says you're building this from nothing.
Femke: From a hall with pigeons, yes. In March we take over all web returns, nine thousand pieces a day. Today they go to a service company in Lille.
! Q situation,timeline 2 "In March we take over all web returns, nine thousand pieces a day."
Yuki: How long does a return take there, from the truck to being sellable again?
Femke: Eleven days. Eleven! A summer dress is worth half after eleven days in August.
! Q identify_pain,pain,impact 2 "A summer dress is worth half after eleven days in August."
Yuki: And what do you want it to be?
Femke: Two days. That's what I promised and my head is on it.
! Q metrics 2 "Two days. That's what I promised and my head is on it."
Hannah: That sounds like you need partners, not suppliers.
Femke: I need people who answer the phone. I've already told the IT people that I want you in the pilot zone, so don't make me look bad.
! Q champion 2 "I've already told the IT people that I want you in the pilot zone"
Yuki: How does a piece move through the hall in your drawing?
Femke: Opening, checking, ironing, folding, shelf. Five stations. And between them carts, and I don't want carts.
Hannah: Who decides about the equipment?
Femke: Bart signs the request and the board in Lille nods. It's in the e-commerce plan so it's a soft nod.
! Q decision_process,decision 2 "Bart signs the request and the board in Lille nods."
Hannah: Great. I'll send you two drawings for the pilot zone by next Friday.
! C COMMITTED Hannah 2026-09-18 "I'll send you two drawings for the pilot zone by next Friday."
Femke: And I'll get you the piece counts by station by Wednesday.
! C COMMITTED Femke 2026-09-16 "And I'll get you the piece counts by station by Wednesday."
Hannah: Perfect. This is going to be fun.

=== call
title: Pilot zone and IT
format: json
start: 2026-10-20 15:00
deal: D08
---
Elise: I've seven questions about the interface and I hope you have seven answers.
Yuki: Try me.
Elise: Does it speak to our order system, or do we have to build a bridge?
Yuki: It reads events from a queue. Which one do you use?
Elise: A very old one. It can't send more than fifty events a second.
Yuki: At nine thousand pieces a day you need three.
Elise: Oh. Then that's fine. Six questions left.
Femke: Elise, you can send him the six.
Elise: I'd rather hear it. There's no return flow in your demo, a piece that fails the check twice. Without that we can't use it.
! O FIT 2 yes "Without that we can't use it."
Yuki: Can you describe what should happen to it?
Elise: It goes to a second table, and if it fails again to recycling.
Yuki: That's two rules in Pilot. I can show it to you now, give me a minute. There.
Elise: That's exactly it. Okay, that was the important one, I'm satisfied.
Hannah: Femke, are you all right? You're so quiet.
Femke: Yes, sorry. There's a lot going on here.
Hannah: Shall we meet in Antwerp in November, as planned?
Femke: I hope so. Let me come back to you on the date.
! C HEDGED Femke - "Let me come back to you on the date."
Elise: I'll send you the queue documentation tomorrow.
! C COMMITTED Elise 2026-10-21 "I'll send you the queue documentation tomorrow."
Yuki: Thanks, Elise.

=== mail
thread: kestrel-femke
from: Hannah
to: Femke
date: 2026-11-09 09:20
subject: Antwerp: a date for November?
deal: D08
opts: sig=internal
---
Hi Femke,

is everything well? I would still like to come to Antwerp this month. Would the 19th or the 24th suit you?
! C REQUESTED Femke - "Would the 19th or the 24th suit you?"

Hannah

=== mail
thread: kestrel-femke
from: Postmaster
to: Hannah
date: 2026-11-09 09:21
subject: Undeliverable: Antwerp: a date for November?
deal: D08
bounce: femke.janssens@kestrel-apparel.example
opts: noquote
---
Your message could not be delivered to one or more recipients.

femke.janssens@kestrel-apparel.example: mailbox unavailable, user unknown (550 5.1.1)

=== mail
thread: kestrel-bart
from: Bart
to: Hannah
cc: Elise
date: 2026-11-11 18:05
subject: Returns centre
deal: D08
opts: sig=outlook
---
Hannah,

I should have told you. Femke has left the company at the end of October, by mutual agreement. I take over the returns centre until we find somebody.
! F champion_leaving "Femke has left the company at the end of October, by mutual agreement."

I have the drawings, I do not have the story. Please call Elise for the technical part. On Friday 27 November at two I have half an hour for you.

Bart

=== mail
thread: kestrel-bart
from: Hannah
to: Bart
cc: Elise
date: 2026-11-12 08:40
deal: D08
opts: sig=internal html
---
Dear Bart,

thank you for telling me. 27 November at two is noted. I will bring Yuki, and a two-page history of the project that starts with the eleven days.
! C COMMITTED Hannah 2026-11-27 "I will bring Yuki, and a two-page history of the project that starts with the eleven days."

Hannah

=== call
title: Basel security review
format: srt
start: 2026-05-27 16:00
deal: D38
---
Hannah: Hello Urs. You have the result of the review, I think.
Urs: I do, and it isn't a nice one. You failed four of the nineteen points.
Hannah: Which four?
Urs: No penetration test younger than a year. No signed firmware. Default passwords on the chargers. And your support can log in at any time without us knowing.
! O SECURITY_PRIVACY 3 no "And your support can log in at any time without us knowing."
Yuki: The last one can be switched off.
Urs: It can be switched off by you, from outside. That's the point.
Yuki: You're right.
Hannah: If we fix these four, would the review be repeated?
Urs: In a year. Those are the rules of the group, I can't bend them for a lab with three carts.
Hannah: A year. So Basel is over for us.
Urs: For Basel, yes. I don't let a device into the lab network that I can't control, sorry.
! O SECURITY_PRIVACY 3 no "I don't let a device into the lab network that I can't control, sorry."
Yuki: Could I ask you for the full report? We'd learn from it.
Urs: You'll get it by Monday, without the names.
! C ACCEPTED Urs 2026-06-01 "Could I ask you for the full report?" "You'll get it by Monday, without the names."
Hannah: Thank you. That's generous.
Urs: Fix the passwords first.

=== call
title: Zürich kitting discovery
format: teams
start: 2026-09-30 10:00
deal: D10
---
Hannah: Grüezi Silvia, hello Reto. Urs gave us homework in spring, and we've done it. All four points are closed.
Silvia: He told me. He said, and I quote, they actually did it.
Hannah: High praise. So, Zürich.
Silvia: We pack surgical kits. Sixty parts a kit, every part has to be scanned twice. Picking errors are at zero point four percent and the regulator wants us below zero point one.
! Q identify_pain,pain,need 2 "Picking errors are at zero point four percent and the regulator wants us below zero point one."
! Q metrics 2 "Picking errors are at zero point four percent and the regulator wants us below zero point one."
Yuki: What happens at zero point four?
Silvia: We recalled a batch in June. It cost two hundred thousand francs and I didn't sleep.
! Q impact 2 "It cost two hundred thousand francs and I didn't sleep."
Reto: Nobody slept. I talk to our supervisory board about it every month.
Hannah: Reto, is there a date from the regulator?
Reto: The inspection is in the second quarter. Before that I want it in place.
! Q timeline 1 "The inspection is in the second quarter. Before that I want it in place."
Hannah: And the budget?
Reto: Around seventy thousand is what I'd have in mind. I can release that.
! Q budget,economic_buyer,authority 2 "Around seventy thousand is what I'd have in mind. I can release that."
Yuki: I'd like to watch a kit being packed. Would that be possible?
Silvia: Yes of course, come on Thursday in two weeks, I'll reserve the clean room for you.
! C ACCEPTED Silvia 2026-10-15 "Would that be possible?" "Yes of course, come on Thursday in two weeks, I'll reserve the clean room for you."
Yuki: Wonderful.
Hannah: Our offer would be near sixty-six thousand. You'll have the details after the visit.
! C COMMITTED Hannah - "You'll have the details after the visit."
! P "Our offer would be near sixty-six thousand."
Reto: Good. Don't forget Urs.
Hannah: Nobody forgets Urs.

=== call
title: Zürich timing
format: zoom
start: 2026-11-12 13:30
deal: D10
---
Hannah: Hi Silvia, hi Reto. I wanted to see whether we're on track for the end of November.
Silvia: The kit test was very good. Zero errors in four hundred kits.
Reto: It was impressive. But about the end of November, I have to disappoint you.
Hannah: What happened?
Reto: Nothing dramatic. The supervisory board will decide on this in the meeting at the end of January. There's no way we sign before, the decision is next quarter.
! O TIMING 2 unknown "There's no way we sign before, the decision is next quarter."
! Q decision_process,decision 1 "The supervisory board will decide on this in the meeting at the end of January."
Hannah: I thought you could release the seventy thousand yourself.
Reto: I could, until October. After the recall they took it away from me, everything with the regulator goes to the board.
Hannah: I see. What do they want to read?
Silvia: The test protocol, a risk analysis and three references from medical companies.
! Q decision_criteria 2 "The test protocol, a risk analysis and three references from medical companies."
Hannah: We've two references in medical. Could a hospital pharmacy be the third?
Silvia: I think so, yes.
Hannah: Then I'll ask them. You'll hear from me by next Friday.
! C COMMITTED Hannah 2026-11-20 "You'll hear from me by next Friday."
Reto: And Urs wants to see the new firmware procedure.
Yuki: I promised it for last week, I'm late. I'll send it tonight.
! C COMMITTED Yuki 2026-11-12 "I'll send it tonight."
Silvia: I'll write the risk analysis in December if quality has a quiet week.
! C HEDGED Silvia - "I'll write the risk analysis in December if quality has a quiet week."
Hannah: Thank you for being open.

=== mail
thread: vireo-reference
from: Hannah
to: Silvia
cc: Reto
date: 2026-11-19 16:30
subject: Third reference
deal: D10
opts: sig=internal
---
Hi Silvia,

the chief pharmacist of Amberley agreed to talk to you. Her direct line is +44 1603 555 014, best after three in the afternoon.

Hannah

=== call
title: Utrecht trial, first look
format: gong
start: 2026-02-25 15:00
deal: D31
---
Anouk: Thanks for coming in. I saw your talk in Rotterdam and I stole one of your slides.
Hannah: Which one?
Anouk: The one with the cost of a walking minute. I showed it to Dirk and he said, we don't walk, we run.
! Q champion 2 "I showed it to Dirk and he said, we don't walk, we run."
Hannah: [laughter] And do you?
Anouk: We do. The oversize parcels are carried by hand from the belt to the cages. A hundred and eighty metres. In the Christmas weeks the pile is so high that we close the belt.
! Q situation 2 "The oversize parcels are carried by hand from the belt to the cages."
! Q pain,identify_pain,need 2 "In the Christmas weeks the pile is so high that we close the belt."
Farid: What's the biggest piece?
Anouk: A canoe. No, seriously, a canoe. But normally up to thirty kilos.
Farid: I can't do canoes.
Anouk: Nobody can.
Hannah: What would you need to try it?
Anouk: Thirty-five thousand is the innovation budget for one trial. I can spend it without asking anybody, that's my favourite part of the job.
! Q budget 2 "Thirty-five thousand is the innovation budget for one trial."
Hannah: And if the trial works?
Anouk: Then Dirk has to want it. He's the director of all sorting centres and he's allergic to innovation leads.
! Q economic_buyer,authority 1 "He's the director of all sorting centres and he's allergic to innovation leads."
Farid: Let's cure him. I'll draw up a trial plan by the sixth of March.
! C COMMITTED Farid 2026-03-06 "I'll draw up a trial plan by the sixth of March."
Anouk: Great. Could you put a week with night sorting in?
Farid: Sure, I'll include one night week.
! C ACCEPTED Farid - "Could you put a week with night sorting in?" "Sure, I'll include one night week."
Anouk: Super.

=== call
title: Utrecht, from trial to centre
format: zoom
start: 2026-09-24 11:00
deal: D19
---
Hannah: Dirk, good to have you here. Anouk says you visited the trial four times.
Dirk: Five. Once at night, nobody saw me.
Anouk: I saw you.
Dirk: It works for the oversize. I was wrong, I've told Anouk.
Hannah: What would you like to do next?
Dirk: The whole oversize stream in Utrecht, fourteen machines. If we close the belt in December again, I lose the contract with the furniture shop, that's two million a year.
! Q critical_event,impact 2 "If we close the belt in December again, I lose the contract with the furniture shop, that's two million a year."
Hannah: This December is too close, to be fair.
Dirk: I know. Next December. But I must show them a signed order by spring.
! Q timeline 2 "But I must show them a signed order by spring."
Farid: Fourteen machines need a second charging room.
Dirk: There's the old canteen.
Hannah: The offer is a hundred and seventy thousand for fourteen, as discussed with Anouk.
! P "The offer is a hundred and seventy thousand for fourteen, as discussed with Anouk."
Dirk: I've seen it. It's my money, I can sign until two hundred.
! Q economic_buyer,authority,budget 2 "It's my money, I can sign until two hundred."
Anouk: And legal is quick here, ten days with Mr Bos, he only does one contract at a time.
! Q paper_process 2 "And legal is quick here, ten days with Mr Bos"
Dirk: First I want the fire brigade to look at the canteen. Then works council, then I sign. In this order, all in October.
! Q decision_process,decision 2 "First I want the fire brigade to look at the canteen. Then works council, then I sign."
Hannah: Who invites the fire brigade?
Anouk: I'll do it, I'll call them on Monday.
! C ACCEPTED Anouk 2026-09-28 "Who invites the fire brigade?" "I'll do it, I'll call them on Monday."
Farid: And I'll bring the battery certificates.
! C COMMITTED Farid - "And I'll bring the battery certificates."

=== call
title: Utrecht, the canteen
format: teams
start: 2026-11-02 16:00
deal: D19
---
Anouk: Bad news first. The fire brigade says no to the canteen.
Hannah: Oh no. Because of the batteries?
Anouk: Because of the ceiling. It's from the seventies and it burns.
Farid: Is there another room?
Anouk: The bicycle cellar, but then the routes get longer and your simulation is void.
Hannah: So we need a new layout.
Anouk: Yes. And Dirk says he won't sign anything until he's seen it. We're back to the offer, more or less.
! O FIT 2 unknown "We're back to the offer, more or less."
Farid: I can redo the layout. If somebody measures the cellar for me.
Anouk: I promised you last week that I'd send the cellar drawing on Wednesday. I have to take that back, I'm on leave from tomorrow, three weeks.
! C CANCELLED Anouk - "I promised you last week that I'd send the cellar drawing on Wednesday."
Hannah: Three weeks, lucky you. Who stands in for you?
Anouk: Nobody, really. It's a small team. It's me or Dirk.
Farid: Then I'll come and measure it myself.
! C COMMITTED Farid - "Then I'll come and measure it myself."
Hannah: I'll ask Dirk for a day.
! C COMMITTED Hannah - "I'll ask Dirk for a day."
Anouk: Good luck. He's in a mood because of Christmas.
Hannah: Enjoy your leave, Anouk.
Anouk: I will. No mail, I've promised my wife.

=== mail
thread: windrose-cellar
from: Hannah
to: Dirk
cc: Anouk, Farid
date: 2026-11-10 10:10
subject: Measuring the bicycle cellar
deal: D19
opts: sig=internal
---
Hi Dirk,

Farid would like to measure the bicycle cellar. It takes two hours. Would next week be possible for you?
! C REQUESTED Dirk - "Would next week be possible for you?"

Hannah

=== mail
thread: windrose-cellar
from: Dirk
to: Hannah
cc: Farid
date: 2026-11-16 21:40
deal: D19
opts: sig=mobile
---
Monday 23rd, seven in the morning, before the bikes arrive. Ask for me at the gate.

=== note
path: notes/2026-10-28 Solvang.txt
title: Solvang, after the call
date: 2026-10-28 10:40
by: Hannah
deal: D05
---
Mikkel does not want a date before his fair in January. Trine is keen but she has no numbers yet.
No follow-up agreed. I left it there, he does not like being chased.

=== note
path: notes/2026-11-12 Vireo timing.md
title: Vireo: the close date is wrong
date: 2026-11-12 14:20
by: Hannah
deal: D10
---
# Vireo: the close date is wrong

- Reto lost his signature after the recall, the supervisory board decides at the end of January
- CRM still says 30 November. I have not moved it because of the forecast call on Monday
- Silvia needs three medical references. Amberley could be the third one

=== document
path: documents/2026-11-09 vireo-kit-test-protocol.md
title: Kit test protocol Zürich
date: 2026-11-09 15:00
by: Silvia
deal: D10
---
# Kit test protocol Zürich

Date of test: 5 November 2026. Site: Vireo Medical, clean room 2.

| shift | kits | wrong part | missing part |
| --- | ---: | ---: | ---: |
| early | 210 | 0 | 0 |
| late | 190 | 0 | 0 |

Average time per kit was 94 seconds with the carrier and 131 seconds without.
! W kit-time "Average time per kit was 94 seconds with the carrier and 131 seconds without."

Deviation: at 14:20 the carrier stopped for six minutes because a door was blocked by a trolley.
