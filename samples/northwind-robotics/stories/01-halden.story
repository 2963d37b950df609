=== call
title: Discovery
format: zoom
start: 2026-03-10 10:00
deal: D21
---
Priya: Morning Jonas, thanks for making the time. Can you hear me okay?
Jonas: Yes, loud and clear. Sorry, I'm in the break room, the forklifts are a bit noisy.
Priya: No problem at all. I have Yuki with me, she's our solutions engineer. Before we show anything, could you walk me through what a normal day in Bremen looks like?
Jonas: Sure. We run two shifts, about eleven hundred order lines a day, mostly spare parts for ships. Forty-two people on the floor, and honestly half of them are walking. We use an old warehouse system from 2011 and paper pick lists.
! Q situation 2 "We run two shifts, about eleven hundred order lines a day, mostly spare parts for ships."
Yuki: When you say half of them are walking, have you measured that?
Jonas: We put step counters on six pickers in January. They walked fourteen kilometres a shift. Fourteen. And the pick rate was fifty-eight lines an hour where the contract with our biggest customer says seventy.
! Q identify_pain,pain,need 2 "They walked fourteen kilometres a shift."
! Q metrics 2 "And the pick rate was fifty-eight lines an hour where the contract with our biggest customer says seventy."
Priya: And what happens if you stay at fifty-eight?
Jonas: Then we pay a penalty. It was around nine thousand euros last month alone, and they told us that in autumn they will tender the whole contract again.
! Q impact 2 "It was around nine thousand euros last month alone, and they told us that in autumn they will tender the whole contract again."
Priya: Ouch. So is there a date by which this has to be better?
Jonas: First of July. That's when the new service levels start, and if we miss them two months in a row they may terminate.
! Q critical_event,timeline 2 "First of July. That's when the new service levels start, and if we miss them two months in a row they may terminate."
Yuki: Got it. May I ask about the floor? Is it polished concrete, any ramps?
Jonas: Concrete, one ramp of four percent to the dock. And there's a spot where the floor is, um, let's say historic.
Yuki: Historic I can work with, as long as the gaps stay under eight millimetres.
Jonas: I'd have to measure that.
Priya: Jonas, who else besides you would have a say in something like this?
Jonas: For a pilot, my signature is good up to one hundred thousand. Above that it's Petra Vogel, our VP Supply Chain, she holds the money.
! Q economic_buyer,authority 1 "Above that it's Petra Vogel, our VP Supply Chain, she holds the money."
! Q budget 2 "For a pilot, my signature is good up to one hundred thousand."
Priya: That's helpful. And is anybody else pitching for this?
Jonas: No, nobody yet. My boss once said just hire four more temps, so I suppose that's what you are up against.
! Q competition 2 "My boss once said just hire four more temps, so I suppose that's what you are up against."
Priya: Fair enough. Then here's a suggestion. I'll send you the data sheet for the layout by Thursday, and you fill in whatever you have.
! C COMMITTED Priya 2026-03-12 "I'll send you the data sheet for the layout by Thursday"
Jonas: Okay. I can get you the floor plan as a drawing, I will mail it tomorrow.
! C COMMITTED Jonas 2026-03-11 "I will mail it tomorrow"
Yuki: Could you also measure the gaps at that historic spot for me by the end of the week?
Jonas: Yes, I'll do that, we have a gauge somewhere.
! C ACCEPTED Jonas 2026-03-13 "Could you also measure the gaps at that historic spot for me by the end of the week?" "Yes, I'll do that, we have a gauge somewhere."
Priya: Perfect. Thanks so much, Jonas.
Jonas: Thank you. Bye.

=== call
title: Pilot proposal review
format: teams
start: 2026-04-23 14:00
deal: D21
note: Recorded with consent of all participants
---
Priya: Welcome everyone. Petra, nice to finally meet you, I've heard a lot.
Petra: Likewise. Jonas has been talking about robots for six weeks, so I thought I'd better join.
Jonas: Guilty.
Priya: The plan for today is simple. Yuki shows the simulation, then we go through the offer. Petra, is there anything you want to be sure to take away?
Petra: Two things. What do I get for the money, and what happens to the people. I don't want to announce robots and have the works council find out from the newspaper.
! Q decision_criteria 2 "What do I get for the money, and what happens to the people."
Yuki: Then let me start with the first. With six Carta 200 in your layout the model says seventy-six lines an hour, with the same pickers. The walking drops to about five kilometres.
Petra: How sure are you about the seventy-six?
Yuki: Plus or minus four. We put that range into the offer, it's not a single number.
Petra: Okay. I like that you give me a range.
Priya: On price, the pilot is ninety-six thousand euros for six carriers and a year of the Pilot software. That includes installation.
! P "On price, the pilot is ninety-six thousand euros for six carriers and a year of the Pilot software."
Petra: That's more than I had in mind. Sixteen thousand a robot for something that carries a box, that's steep.
! O PRICE 2 yes "Sixteen thousand a robot for something that carries a box, that's steep."
@pause 1.4
Priya: I understand. Can I ask what you compare it with?
Petra: With temps, to be honest. Four temps are about a hundred and forty thousand a year, all in.
Priya: So if six carriers do the work of those four, the pilot pays back in a bit more than eight months. Does that change the picture?
Petra: Hm. Yes, put like that I can live with the price.
Jonas: And no penalty on top.
Petra: And no penalty. Fine. What about the works council?
Priya: We have a written agreement from another customer that you can use as a template. I'll send it over on Monday.
! C COMMITTED Priya 2026-04-27 "I'll send it over on Monday."
Petra: Good. Jonas, can you set up a session with the council for the first week of May?
Jonas: Sure, I'll invite them today.
! C ACCEPTED Jonas 2026-04-23 "Jonas, can you set up a session with the council for the first week of May?" "Sure, I'll invite them today."
Priya: And if they agree, what are the steps from there to a signature?
Petra: Council first, by the eighth of May. Then IT checks the network, that's Sven, one week. Then legal, Karin in procurement handles the paper, she usually needs ten working days. Then I sign.
! Q decision_process,decision 2 "Council first, by the eighth of May. Then IT checks the network, that's Sven, one week."
! Q paper_process 2 "Then legal, Karin in procurement handles the paper, she usually needs ten working days."
Priya: That would put us at the end of May. Does that work with the first of July?
Jonas: If you can install in three weeks, yes.
Yuki: Three weeks is tight but we've done it in two.
Petra: Then let's go down that road. I have to run, sorry. Thank you.
Priya: Thank you, Petra.

=== call
title: Hamburg kick-off
format: gong
start: 2026-09-02 09:30
deal: D01
---
Priya: Good morning. Jonas, before we look ahead, how is Bremen doing after two months?
Jonas: Seventy-four lines an hour last week, average. We were at fifty-eight in spring. The customer has stopped sending us penalty letters, which is my favourite statistic.
! Q metrics 2 "Seventy-four lines an hour last week, average. We were at fifty-eight in spring."
Priya: That makes my day. Petra, was that what you expected?
Petra: It's a little under the seventy-six you promised, but inside the range, so I won't complain. The board has asked me why we don't do it in Hamburg, and that's a sentence I have never heard from them before.
Jonas: I forwarded the Bremen report to the whole site management, by the way. And I took two of them on a tour.
! Q champion 2 "I forwarded the Bremen report to the whole site management, by the way."
Priya: Thank you, that's huge. So what does Hamburg need?
Petra: Hamburg is four times the size. Twenty-four carriers, maybe two of the pallet machines. And I need it before the new cosmetics customer goes live on the first of March.
! Q critical_event,timeline 1 "And I need it before the new cosmetics customer goes live on the first of March."
Yuki: What happens if you are not ready on that day?
Petra: Then I have to run the cosmetics volume by hand, with thirty agency people, and I lose about seventy thousand a month on it. Nobody wants that conversation.
! Q impact,critical_event 2 "Then I have to run the cosmetics volume by hand, with thirty agency people, and I lose about seventy thousand a month on it."
Priya: Understood. And the money, is it planned for?
Petra: I have half a million in the plan for next year's first quarter, board approved it in July. Not a cent more.
! Q budget 2 "I have half a million in the plan for next year's first quarter, board approved it in July."
! Q economic_buyer,authority 2 "I have half a million in the plan for next year's first quarter, board approved it in July."
Priya: Good to know. What would you want to see before you decide?
Petra: Three things, in this order. Throughput at peak, proven in a simulation with our data. Uptime above ninety-eight percent. And Sven has to be happy with the network.
! Q decision_criteria 2 "Throughput at peak, proven in a simulation with our data. Uptime above ninety-eight percent."
Sven: Sven is rarely happy with the network, for the record.
Yuki: [laughter] Then I'd like to sit down with you early, Sven. Could you send me the access point map of Hamburg?
Sven: I can do that. You'll have it on Friday.
! C ACCEPTED Sven 2026-09-04 "Could you send me the access point map of Hamburg?" "You'll have it on Friday."
Yuki: Great. And I'll run the first simulation with the August data by the eighteenth of September.
! C COMMITTED Yuki 2026-09-18 "I'll run the first simulation with the August data by the eighteenth of September."
Sven: One thing that worries me, um, you keep the fleet data in your cloud. Our security policy doesn't allow position data of employees to leave the building.
! O SECURITY_PRIVACY 2 yes "Our security policy doesn't allow position data of employees to leave the building."
Yuki: Is it the position of the robots you mean, or of the people?
Sven: Of the people. The robots I don't care about.
Yuki: The carriers never record people. And Pilot can run entirely on a server in your room, Bremen does it that way too.
Sven: Oh. Okay, if it runs in our room then that's settled for me.
Petra: Good. Jonas, you'll be project lead?
Jonas: I'd be offended if I wasn't.
Priya: Lovely. We might be able to get you an early delivery slot in January, but I have to check with the factory first.
! C HEDGED Priya - "We might be able to get you an early delivery slot in January, but I have to check with the factory first."
Petra: Please do. Thanks all.

=== call
title: Hamburg proposal walkthrough
format: zoom
start: 2026-10-08 11:00
deal: D01
---
Priya: Hi all. You've had the offer since Tuesday, so I won't read it to you. Where should we start?
Petra: With the simulation. Page nine.
Yuki: Page nine. With twenty-four carriers and two Hauler 600 we reach four thousand nine hundred lines in the peak hour window, and that's with your worst week of last December.
Jonas: I checked it against our own numbers, it fits. My team and I went through every aisle.
Petra: Good. Sven?
Sven: The network part is fine. I asked for two more access points near the docks and they're in the offer. I'm content.
Yuki: Is that the official wording?
Sven: That's as good as it gets.
Priya: Then the commercial side. Four hundred and eighty-six thousand in total, sixty percent at order, forty after acceptance.
! P "Four hundred and eighty-six thousand in total, sixty percent at order, forty after acceptance."
Petra: The total I can defend. The sixty percent up front I don't like.
Priya: Would fifty-fifty be easier?
Petra: Easier, yes. Put it in writing please.
Priya: I will send a revised payment schedule by Monday.
! C COMMITTED Priya 2026-10-12 "I will send a revised payment schedule by Monday."
Petra: And from here on it's the same path as Bremen. Sven's check is done, then procurement, then the board on the third of December, and then I sign.
! Q decision_process,decision 2 "Sven's check is done, then procurement, then the board on the third of December, and then I sign."
Priya: Who runs it in procurement, and how long do they need?
Petra: Karin Holt again. Give her three weeks for the contract, she has a backlog.
! Q paper_process 2 "Karin Holt again. Give her three weeks for the contract, she has a backlog."
Jonas: I can brief Karin, I see her every Wednesday anyway.
Priya: That would be great. Would you give her our redlined master agreement from Bremen so that she doesn't start from zero?
Jonas: Will do, she'll have it next Wednesday.
! C ACCEPTED Jonas 2026-10-14 "Would you give her our redlined master agreement from Bremen so that she doesn't start from zero?" "Will do, she'll have it next Wednesday."
Petra: One more. Would you come to the board meeting, Priya? Five minutes on Bremen, no slides.
Priya: It would be an honour. I'll be there on the third of December.
! C ACCEPTED Priya 2026-12-03 "Would you come to the board meeting, Priya?" "I'll be there on the third of December."
Petra: Good. Then we're done early. That never happens.
Sven: Enjoy it while it lasts.

=== call
title: Hamburg commercial terms
format: teams
start: 2026-11-03 15:00
deal: D01
---
Priya: Good afternoon. Karin, I think we haven't spoken since Bremen.
Karin: No, and I hope it goes as smoothly. I have your draft in front of me. Most of it is fine.
Jonas: Karin being fine with most of it is a rave review.
Karin: There are three points. First, the delay clause is capped at five percent and our standard is ten. Our legal department won't release a contract with a five percent cap, that's policy.
! O LEGAL_PROCUREMENT 2 partly "Our legal department won't release a contract with a five percent cap, that's policy."
Priya: Would a cap of eight percent with a two week grace period be something legal could look at?
Karin: Eight with grace, hmm, I can ask. It's closer.
Priya: I'll have Claire draft that wording for you by Thursday.
! C COMMITTED Priya 2026-11-05 "I'll have Claire draft that wording for you by Thursday."
Karin: Good. Second, insurance certificates, we need those from you, a formality.
Priya: You'll get them tomorrow.
! C COMMITTED Priya 2026-11-04 "You'll get them tomorrow."
Karin: And third. I have to be open with you. The board asked procurement for a second quote, and we have one from Quantor Motion. They came in at four hundred and thirty thousand.
! O COMPETITOR 2 unknown "The board asked procurement for a second quote, and we have one from Quantor Motion."
! K Quantor Motion "The board asked procurement for a second quote, and we have one from Quantor Motion."
! Q competition 2 "The board asked procurement for a second quote, and we have one from Quantor Motion."
@pause 2.2
Priya: Thank you for telling me. What does their quote cover?
Karin: Twenty-four carriers and software. I don't see the pallet machines in it, and the installation is an extra line.
Jonas: And they've never seen our floor. I'd like to say that for the minutes.
Priya: Is it the price alone that the board wants to compare, or something else?
Karin: They want to see that we asked. It's a big number and a new auditor.
Priya: Would it help if I put the two scopes side by side on one page?
Karin: Yes, do that. If I have it by the tenth I can put it into the board papers.
Priya: Then I'll make that page and you'll get it by the tenth of November.
! C COMMITTED Priya 2026-11-10 "Then I'll make that page and you'll get it by the tenth of November."
Karin: Thank you.
Jonas: I'm off from tomorrow, by the way, the knee. Operation on Thursday. Petra has everything.
Priya: Oh, I had forgotten. All the best, Jonas.
Jonas: Thanks. I'll probably read mail from the sofa, but no promises.
! C HEDGED Jonas - "I'll probably read mail from the sofa, but no promises."

=== call
title: Hamburg contract and board date
format: json
start: 2026-11-17 16:00
deal: D01
---
Priya: Hi Petra, hi Karin. Do we know how Jonas is?
Petra: Bored, according to his wife. He's not allowed to work before December and I told him I mean it.
Priya: Good. Karin, where do we stand with the cap?
Karin: Legal accepts eight percent with the grace period. They sent me the release yesterday evening.
Priya: That's wonderful. So that point is closed?
Karin: Closed. I'm waiting for one thing, your bank guarantee text.
Priya: Claire, is that with you?
Claire: It's with me. I'll send the guarantee text to Karin on Friday morning.
! C COMMITTED Claire 2026-11-20 "I'll send the guarantee text to Karin on Friday morning."
Karin: Fine. Then the contract is ready for the board.
Petra: About that. I read the comparison page and it's clear, but two of the board members know the people at Quantor. I expect a discussion.
! K Quantor Motion "I read the comparison page and it's clear, but two of the board members know the people at Quantor."
Priya: What will they ask?
Petra: Whether we are overpaying by fifty thousand. I know we're not, but I want the Bremen numbers for October on the table, not the ones from August.
Yuki: I can pull those. Would Tuesday be early enough?
Petra: Tuesday's fine.
Yuki: Then you'll have the October report from Bremen on Tuesday.
! C COMMITTED Yuki 2026-11-24 "Then you'll have the October report from Bremen on Tuesday."
Petra: And Priya, you are still coming on the third?
Priya: Of course. Five minutes, no slides.
Petra: Then see you on the third of December, half past nine, and don't bring a tie to throw at anyone.
Priya: I don't own one.
Karin: If the board agrees I'll send you the signed copy the same week.
! C HEDGED Karin - "If the board agrees I'll send you the signed copy the same week."
Priya: That would be the best Advent present. Thank you both.

=== mail
thread: halden-bremen-steps
from: Priya
to: Jonas
cc: Yuki
date: 2026-03-10 16:42
subject: Bremen: notes from this morning and next steps
deal: D21
opts: sig=internal
---
Hi Jonas,

thank you for the open conversation. What I took away: 14 km of walking per shift, 58 lines an hour against 70 in the contract, about 9,000 euros of penalties last month, and the new service levels from 1 July.

The data sheet for the layout follows on Thursday as agreed. If we got anything wrong, please correct us.
! C COMMITTED Priya 2026-03-12 "The data sheet for the layout follows on Thursday as agreed."

Best,
Priya

=== mail
thread: halden-bremen-steps
from: Jonas
to: Priya
cc: Yuki
date: 2026-03-11 08:17
deal: D21
opts: sig=external
attach: bremen-aisles.csv; text/csv; bremen-aisles.csv
---
Morning Priya,

all correct. The aisle list is attached, the drawing is too large for our mail server so I put it on the share.

The worst gap at the historic spot is 6.5 mm. Yuki can relax.
! W halden-gap "The worst gap at the historic spot is 6.5 mm."

Jonas

=== mail
thread: halden-bremen-steps
from: Yuki
to: Jonas
cc: Priya
date: 2026-03-11 11:05
deal: D21
opts: sig=internal html
---
Relaxed. 6.5 mm is fine for the Carta 200.

I will have the first simulation ready by 20 March.
! C COMMITTED Yuki 2026-03-20 "I will have the first simulation ready by 20 March."

Yuki

=== mail
thread: halden-hamburg-contract
from: Priya
to: Karin
cc: Petra, Jonas, Claire
date: 2026-11-05 10:31
subject: Hamburg: delay clause and certificates
deal: D01
opts: sig=internal html
---
Dear Karin,

below is Claire's wording for the delay clause: a cap of eight percent of the order value, with a grace period of fourteen calendar days. The insurance certificates went out yesterday in a separate mail.

The one-page comparison of the two scopes follows by Tuesday.
! C COMMITTED Priya 2026-11-10 "The one-page comparison of the two scopes follows by Tuesday."

Kind regards,
Priya

=== mail
thread: halden-hamburg-contract
from: Karin
to: Priya
cc: Petra, Claire
date: 2026-11-06 14:20
deal: D01
opts: sig=outlook outlook
---
Dear Priya,

thank you. The wording is with our legal department. Until they release it I cannot put the contract into the board papers, so please do not count on the third of December yet.
! O LEGAL_PROCUREMENT 2 unknown "Until they release it I cannot put the contract into the board papers"

For the vendor file I also need your tax number and bank details on letterhead.

=== mail
thread: halden-hamburg-contract
from: Claire
to: Karin
cc: Priya, Petra
date: 2026-11-09 09:02
deal: D01
opts: sig=internal enc=base64
---
Dear Ms Holt,

for the vendor file: Northwind Robotics GmbH, Speicherstrasse 18, 20457 Hamburg. Tax number 48/555/12345, IBAN DE59 1009 9000 0012 3456 78. The letterhead version will be in your inbox today.
! C COMMITTED Claire 2026-11-09 "The letterhead version will be in your inbox today."

Kind regards,
Claire Dubois

=== mail
thread: halden-hamburg-contract
from: Priya
to: Karin
cc: Petra
date: 2026-11-10 08:15
deal: D01
reply: 2
opts: sig=internal
---
Dear Karin,

here is the promised page, in short:

- Both offers: 24 carriers and the fleet software.
- Only in ours: two Hauler 600, installation, two access points, training for 40 people.
- Only in the other one: a second charging station.

Like for like the difference is about 11,000 euros.
! W halden-diff "Like for like the difference is about 11,000 euros."

Best,
Priya

=== note
path: notes/2026-09-02 Hamburg kick-off.md
title: Hamburg kick-off, my notes
date: 2026-09-02 11:10
by: Priya
deal: D01
---
# Hamburg kick-off, my notes

Jonas drives this. He forwarded the Bremen report to site management on his own and gave two tours.

- Petra holds 500k for Q1, board approved in July
- Go-live of the cosmetics customer: 1 March
- Sven wants everything on a server in their room

Open: is an early slot in January realistic? Ask the factory (Bo, ext. 4417).

=== document
path: documents/2026-10-06 halden-hamburg-offer-summary.md
title: Offer summary Hamburg hub rollout
date: 2026-10-06 09:00
by: Priya
deal: D01
---
# Offer summary: Hamburg hub rollout

Prepared for Petra Vogel, Halden Logistics. Valid until 18 December 2026.

| item | quantity | unit price EUR | total EUR |
| --- | ---: | ---: | ---: |
| Carta 200 | 24 | 14,250 | 342,000 |
| Hauler 600 | 2 | 46,000 | 92,000 |
| Pilot fleet software, one year | 1 | 26,000 | 26,000 |
| Installation and training | 1 | 26,000 | 26,000 |
| **Total** | | | **486,000** |

Guaranteed uptime is 98.5 percent per calendar month, measured by Pilot. Below that, Northwind Robotics credits two percent of the monthly service fee for each started half point.
! W uptime "Guaranteed uptime is 98.5 percent per calendar month, measured by Pilot."

Delivery takes ten weeks from order. Installation in Hamburg takes four weeks.
