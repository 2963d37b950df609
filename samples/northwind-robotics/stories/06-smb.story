=== call
title: Back store visit
format: zoom
start: 2026-03-04 16:00
deal: D24
---
Lucy: Hi Sam, hi Gemma. I still have sawdust on my shoes from your shop.
Sam: That's how you know you've been.
Lucy: So the back store. Gemma, how often does somebody run for a drill?
Gemma: Three hundred times a day in season. Customers wait seven minutes and one in ten walks out. I counted.
! Q metrics,impact 2 "Customers wait seven minutes and one in ten walks out."
! Q pain,identify_pain,need 2 "Customers wait seven minutes and one in ten walks out."
Sam: She counts everything. She counts my biscuits.
Lucy: What would you want it to be?
Gemma: Two minutes. The store's sixty metres deep, the walk is the whole thing.
Lucy: Two Cartas would get you to two and a half, I think. It's about twenty-seven and a half thousand.
! P "It's about twenty-seven and a half thousand."
Sam: I've got thirty put aside for the back store, so that's all right. It's my shop, I say yes or no.
! Q budget,economic_buyer,authority 2 "I've got thirty put aside for the back store, so that's all right."
Lucy: That's refreshing.
Sam: But will it run over my dog?
Lucy: It stops at forty centimetres. How big is the dog?
Sam: Big enough.
Gemma: When could we try one?
Lucy: I'll bring one on the twelfth of March, for the day.
! C COMMITTED Lucy 2026-03-12 "I'll bring one on the twelfth of March, for the day."
Sam: And Gemma can clear the middle aisle till then, can't you?
Gemma: I'll clear it on the weekend.
! C ACCEPTED Gemma - "And Gemma can clear the middle aisle till then, can't you?" "I'll clear it on the weekend."
Lucy: Easter is early April, so if you like it we'd be running in May, before the garden season.
Sam: The garden season is when I make my money. So before the first of May, or not at all.
! Q critical_event,timeline 2 "So before the first of May, or not at all."

=== call
title: Basingstoke, not yet
format: srt
start: 2026-10-07 09:30
deal: D37
---
Lucy: Morning Gemma. How's the dog?
Gemma: Rides on it. It's a whole thing, there's a video.
Lucy: Please send me that. So, Basingstoke.
Gemma: Yeah. Sam says not this year. We've opened the kitchen section instead, and that's eaten everything.
! O TIMING 3 no "Sam says not this year. We've opened the kitchen section instead, and that's eaten everything."
Lucy: Is it about money or about attention?
Gemma: Attention, mostly. We can't do two new things in one autumn, I'd go mad.
! O TIMING 2 no "We can't do two new things in one autumn, I'd go mad."
Lucy: That I understand. What would make it a good moment?
Gemma: When the kitchens run by themselves. Maybe next summer.
Lucy: Shall I ring you in May?
Gemma: Ring me in May, yeah. And the first pair, they've paid for themselves, tell your boss. Two minutes twenty, every day.
! Q metrics 2 "Two minutes twenty, every day."
Lucy: Would you say that on camera?
Gemma: Oh God. I'd have to wash my hair. Perhaps.
! C HEDGED Gemma - "Perhaps."
Lucy: I'll close Basingstoke for now, then, and call you in May.
! C COMMITTED Lucy - "I'll close Basingstoke for now, then, and call you in May."
Gemma: Good plan. Bye love.
Lucy: Bye.

=== call
title: Trial pair, last talk
format: text
start: 2026-05-19 11:00
deal: D35
---
Lucy: Hi Owen. You sounded gloomy on the voicemail.
Owen: I've looked at the bank account, that always does it.
Lucy: What does it say?
Owen: It says no robots. Paper went up by a fifth, postage went up, and nobody buys hardbacks in a heatwave. There simply isn't any budget until the Christmas money comes in.
! O BUDGET 3 no "There simply isn't any budget until the Christmas money comes in."
Lucy: Would a rental help? It'd be seven hundred and ninety a month each.
! P "It'd be seven hundred and ninety a month each."
Owen: Ask me in September. I'm not being polite, I mean it. Nell wants them.
Nell: Nell really wants them. I did twenty-two thousand steps on Saturday.
! Q pain,identify_pain 2 "I did twenty-two thousand steps on Saturday."
Lucy: Then September it is. I won't bother you until then.
! C NEGATED Lucy - "I won't bother you until then."
Owen: You're very kind.
Lucy: Can I do anything for free in the meantime?
Nell: A drawing of how the shelves should stand?
Lucy: You'll have it on Friday.
! C ACCEPTED Lucy 2026-05-22 "A drawing of how the shelves should stand?" "You'll have it on Friday."
Nell: Yay.
Owen: Thanks, Lucy. Sorry again.

=== call
title: Fulfilment, the sums
format: zoom
start: 2026-10-20 10:00
deal: D07
---
Lucy: Hello you two. It's autumn and I'm back.
Owen: Like the leaves. Hello.
Nell: I moved the shelves like in your drawing, by the way. Saved us an hour a day.
Lucy: For free! So what's the picture now?
Nell: Six hundred parcels a day, and it'll be fourteen hundred in December. I've got five people and my mum.
! Q situation,need 2 "Six hundred parcels a day, and it'll be fourteen hundred in December."
Owen: Her mum's the fastest.
Lucy: Two Cartas, and a rental that ends in February, or a purchase for thirty-eight thousand with the packing table.
! P "Two Cartas, and a rental that ends in February, or a purchase for thirty-eight thousand with the packing table."
Owen: I'd rather buy. I like to own my problems.
Nell: When would they come?
Lucy: If you order by the sixth of November they'd be with you before Black Friday.
Owen: Right. I'll talk to my accountant, and if he doesn't faint I'll sign.
! C HEDGED Owen - "I'll talk to my accountant, and if he doesn't faint I'll sign."
Lucy: Who else has to agree?
Owen: Me, the accountant and, let's be honest, Nell.
! Q decision_process,decision,authority 2 "Me, the accountant and, let's be honest, Nell."
Lucy: Then I'll send the quote today.
! C COMMITTED Lucy 2026-10-20 "Then I'll send the quote today."
Nell: Black Friday is the twenty-seventh. If they're not here by then, I'll be picking at night again, and two of the five have said they won't.
! Q critical_event,timeline 2 "If they're not here by then, I'll be picking at night again, and two of the five have said they won't."
Owen: I hear you, Nell.

=== mail
thread: tidewater-quote
from: Lucy
to: Owen
cc: Nell
date: 2026-10-26 09:15
subject: Quote for the Bristol pair
deal: D07
opts: sig=internal html
---
Hi Owen,

here is the quote again with the packing table as its own line. 38,000 in total, delivery nine working days after the order.

Lucy

=== mail
thread: tidewater-quote
from: Lucy
to: Owen
cc: Nell
date: 2026-10-30 11:00
deal: D07
opts: sig=internal
---
Hi Owen, did the accountant faint?

Lucy

=== mail
thread: tidewater-quote
from: Lucy
to: Owen
cc: Nell
date: 2026-11-05 08:40
deal: D07
opts: sig=internal
---
Hi Owen,

tomorrow is the last day for delivery before Black Friday. Could you give me a short yes or no?
! C REQUESTED Owen - "Could you give me a short yes or no?"

Lucy

=== mail
thread: tidewater-quote
from: Lucy
to: Nell
cc: Owen
date: 2026-11-11 15:30
deal: D07
opts: sig=internal
---
Hi Nell,

I have not heard from Owen since the call in October. Is everything all right with you?

Lucy

=== mail
thread: tidewater-quote
from: Nell
to: Lucy
date: 2026-11-11 15:31
deal: D07
opts: auto noquote
subject: Automatic reply: Quote for the Bristol pair
---
I am in the warehouse and read mail on Mondays. In urgent cases shout.

=== mail
thread: tidewater-quote
from: Lucy
to: Owen
date: 2026-11-17 10:00
reply: 4
deal: D07
opts: sig=internal
---
Hi Owen,

one last try from me. If the moment has passed, just say so, and I will stop writing.
! C HEDGED Lucy - "If the moment has passed, just say so, and I will stop writing."

Lucy

=== call
title: Picking carts, intro
format: meet
start: 2026-10-20 14:00
deal: D13
---
Lucy: Bonjour Camille! Thanks for squeezing me in.
Camille: Between the olives and the lentils, yes. You have fifteen minutes.
Lucy: Tell me about the lentils then.
Camille: We pack organic boxes. Four hundred a day, subscriptions. Everything's within forty metres, we're tiny.
! Q situation 2 "Four hundred a day, subscriptions."
Lucy: What made you look at robots?
Camille: My back. No, really, I pick myself two days a week and I can't feel my back.
! Q pain,identify_pain 2 "I pick myself two days a week and I can't feel my back."
Lucy: And for the company?
Camille: For the company it's not a big thing. We do fine with carts, we've always done it like that.
! O STATUS_QUO 2 unknown "We do fine with carts, we've always done it like that."
Lucy: If you grow to eight hundred boxes, would it still be fine?
Camille: Good question. I don't know.
Lucy: A small pair with a packing table is twenty-two thousand, or rental.
! P "A small pair with a packing table is twenty-two thousand, or rental."
Camille: It's a lot for a back. A physiotherapist is cheaper.
! O PRICE 2 unknown "It's a lot for a back."
Lucy: [laughter] What if I send you two examples of companies your size?
Camille: Send them. I read on Sundays.
Lucy: You'll have them tomorrow.
! C ACCEPTED Lucy 2026-10-21 "Send them." "You'll have them tomorrow."
Camille: Merci. The olives are calling.

=== mail
thread: fennel-examples
from: Lucy
to: Camille
date: 2026-10-21 09:00
subject: Two companies of your size
deal: D13
opts: sig=internal html
---
Bonjour Camille,

the two examples are below, one of them also packs boxes and the founder had the same problem with her back.

Lucy

=== mail
thread: fennel-examples
from: Lucy
to: Camille
date: 2026-11-02 09:00
deal: D13
opts: sig=internal
---
Bonjour Camille, did you get to the Sunday reading?

Lucy

=== mail
thread: fennel-examples
from: Lucy
to: Camille
date: 2026-11-16 09:30
deal: D13
opts: sig=internal
---
Bonjour Camille,

I will be in Lyon on 8 December. Would you show me the lentils?
! C REQUESTED Camille - "Would you show me the lentils?"

Lucy

=== call
title: Starter pair, yes or no
format: json
start: 2026-05-27 17:00
deal: D28
---
Lucy: Hi Noor, hi Wout. So, yes or no?
Noor: Straight to it. I like that. Wout says yes and I say maybe.
Wout: I say yes in capital letters.
Lucy: Noor, what's in the maybe?
Noor: We've forty-five people. I'd never heard of you before March. What if you disappear, and I have two dead robots in the frame store?
! O TRUST 2 yes "What if you disappear, and I have two dead robots in the frame store?"
Lucy: Would it help if the spare parts and the software key were held by a third party?
Noor: You do that?
Lucy: We do, it's one page.
Noor: Then yes, that takes my worry away.
Wout: YES.
Lucy: Fourteen and a half thousand, as in the quote. When do you want them?
! P "Fourteen and a half thousand, as in the quote."
Noor: Before the summer rush. We paint two hundred frames a week from the end of June, and last year we mixed up nineteen of them.
! Q metrics,timeline 2 "We paint two hundred frames a week from the end of June, and last year we mixed up nineteen of them."
Noor: I'll sign it on Friday.
! C COMMITTED Noor 2026-05-29 "I'll sign it on Friday."
Lucy: Then I'll have the third party page in your mailbox tomorrow.
! C COMMITTED Lucy 2026-05-28 "Then I'll have the third party page in your mailbox tomorrow."
Wout: Can we paint them?
Lucy: The robots? If you leave the sensors free.

=== call
title: Workshop runners, discovery
format: zoom
start: 2026-10-22 16:30
deal: D20
---
Wout: They're orange now. Both of them.
Lucy: I saw the photo. They look faster.
Wout: They are. So we want four more, for the workshop, from the wheel room to the assembly stands.
! Q need 2 "So we want four more, for the workshop, from the wheel room to the assembly stands."
Lucy: What's happening there today?
Wout: Six mechanics fetch their own wheels, forty times a day each. It's an hour and a half a day for every mechanic.
! Q situation,metrics 2 "It's an hour and a half a day for every mechanic."
Noor: And mechanics I can't hire. I've searched since March. So we deliver bikes after eleven weeks and the shop in Brussels cancels orders.
! Q pain,identify_pain,impact 2 "So we deliver bikes after eleven weeks and the shop in Brussels cancels orders."
Lucy: What should it be?
Noor: Eight weeks, by the fair at the end of February. If I stand there again and say eleven weeks, I lose the two big dealers.
! Q critical_event,timeline 2 "If I stand there again and say eleven weeks, I lose the two big dealers."
Lucy: And the money?
Noor: I've put thirty thousand aside, and I sign it myself. You know how that works.
! Q budget,economic_buyer,authority 2 "I've put thirty thousand aside, and I sign it myself."
Wout: I showed the other workshop leads how it works in the frame store. They want to be in the test.
! Q champion 2 "I showed the other workshop leads how it works in the frame store."
Lucy: Lovely. Then let's do a test day. The twenty-fifth of November?
Wout: Good for me. Can you bring the tall rack?
Lucy: I'll bring the tall rack.
! C ACCEPTED Lucy 2026-11-25 "Can you bring the tall rack?" "I'll bring the tall rack."
Noor: After the test we decide in one evening, with beer. Then I sign, and there's no lawyer.
! Q decision_process,decision,paper_process 2 "After the test we decide in one evening, with beer. Then I sign, and there's no lawyer."

=== mail
thread: zephyr-testday
from: Wout
to: Lucy
cc: Noor
date: 2026-11-17 12:12
subject: Test day 25 November
deal: D20
opts: sig=mobile
---
Hi Lucy, all set for the 25th, half past eight. I will mark the lanes with tape on the 24th.
! C COMMITTED Wout 2026-11-24 "I will mark the lanes with tape on the 24th."

The offer of 29,000 is on Noor's desk and she is smiling.

=== mail
thread: zephyr-testday
from: Lucy
to: Wout
cc: Noor
date: 2026-11-17 13:02
deal: D20
opts: sig=internal
---
Wonderful. Two runners, the tall rack and I arrive at a quarter past eight.

Lucy

=== call
title: Summer rental
format: teams
start: 2026-06-17 11:00
deal: D30
---
Daniel: Servus Lukas. You had a look at the rental offer?
Lukas: I did. Nineteen thousand eight hundred for ten weeks. Two machines. It's okay.
! P "Nineteen thousand eight hundred for ten weeks."
Daniel: Only okay?
Lukas: The tents come in June, the ropes in July. In ten weeks we do half of the year. So it's okay.
! Q situation 2 "In ten weeks we do half of the year."
Daniel: What happens if you have too few people in those weeks?
Lukas: Last year we sent eight hundred orders too late and gave back twenty-six thousand euros.
! Q metrics,impact,pain 2 "Last year we sent eight hundred orders too late and gave back twenty-six thousand euros."
Daniel: So the rental is less than what you gave back.
Lukas: That's why I said okay.
Daniel: Who signs?
Lukas: Vera, but I need to convince her. She thinks robots are for the big ones.
! O AUTHORITY 1 yes "Vera, but I need to convince her."
Daniel: Can I help with that?
Lukas: One page with the twenty-six thousand at the top.
Daniel: I'll write that page today.
! C ACCEPTED Daniel 2026-06-17 "One page with the twenty-six thousand at the top." "I'll write that page today."
Lukas: With that she'll sign, so the boss isn't a problem any more.
Daniel: Perfect. Danke dir.

=== call
title: Seasonal fleet, intro
format: zoom
start: 2026-10-28 14:00
deal: D11
---
Daniel: Servus Lukas, grüß Gott Frau Moser. I hear the summer went well.
Vera: It went very well. Eleven late orders instead of eight hundred. I was the sceptic, I say it openly.
! Q metrics 2 "Eleven late orders instead of eight hundred."
Lukas: She was.
Daniel: And now you think about something for every season.
Vera: Skis in winter, tents in summer. We'd rather own four than rent two.
! Q need 2 "We'd rather own four than rent two."
Daniel: About fifty-eight thousand for four, as a first number.
! P "About fifty-eight thousand for four, as a first number."
Vera: It's in the range. I want to see it against the rental over three years.
Daniel: I'll calculate it and send it to you next week.
! C COMMITTED Daniel - "I'll calculate it and send it to you next week."
Lukas: There's no hurry, the skis are running.
Daniel: What else would you look at, when you decide?
Vera: Whether somebody picks up the phone on a Saturday in July. That was the best thing in summer, you picked up.
! Q decision_criteria 2 "Whether somebody picks up the phone on a Saturday in July."
Daniel: I did. From the lake.
Vera: Good. Keep doing that.
Daniel: I might be away for a while in winter, my daughter is due in November. I'd hand you over properly, if it comes to that.
! C HEDGED Daniel - "I'd hand you over properly, if it comes to that."
Lukas: Congratulations!

=== call
title: Pilot for own carts
format: otter
start: 2026-05-20 15:00
deal: D32
---
Daniel: Hi Joost, hi Pim. So you've got your own carts and you only want our software. That's a first.
Joost: We built them ourselves. Twelve of them. They follow a line on the floor and they're stupid.
Pim: They're very stupid.
Joost: I could program something, we have two clever students. Why wouldn't I build it myself?
! O STATUS_QUO 2 yes "Why wouldn't I build it myself?"
Daniel: You could. Who would keep it alive when the students graduate?
Joost: Hm. They graduate in July.
Pim: Nobody, then. I won't.
Joost: Okay, that's a fair point, I don't want to build it any more.
Daniel: It's eighteen thousand a year. What should it do on the first day?
! P "It's eighteen thousand a year."
Joost: Stop the traffic jam at gate two. Every afternoon, forty minutes.
! Q pain,identify_pain,metrics 2 "Stop the traffic jam at gate two. Every afternoon, forty minutes."
Farid: Do your carts have an interface?
Pim: They have a radio and a manual in Dutch.
Farid: Send me the manual.
Pim: I'll scan it for you tonight.
! C ACCEPTED Pim 2026-05-20 "Send me the manual." "I'll scan it for you tonight."
Daniel: And I'll send the licence text by Monday.
! C COMMITTED Daniel 2026-05-25 "And I'll send the licence text by Monday."
Joost: Then we talk in June.

=== call
title: Goods-in offer
format: gong
start: 2026-09-16 10:00
deal: D12
---
Daniel: Good morning. Joost, how's gate two?
Joost: Empty. I sometimes stand there and enjoy it.
Daniel: So, goods-in. Four Hauler and the connection to your own carts, eighty-four thousand.
! P "Four Hauler and the connection to your own carts, eighty-four thousand."
Sanne: I'm Sanne, finance. I've read it twice. Is the software counted twice? We pay eighteen already.
Daniel: No, the eighteen stay as they are, there's nothing on top.
Sanne: Good. Then I'm fine with the number. I can approve it, it's below a hundred.
! Q budget,economic_buyer,authority 2 "I can approve it, it's below a hundred."
Pim: When will it come? We get the new racks in October.
Farid: Eight weeks after the order.
Joost: So if Sanne signs in September it's here in November. That fits.
Sanne: I sign when the auditors are through, they've blocked my calendar.
Daniel: When would that be?
Sanne: They say end of October. And I want the residual value in the contract. Can you put that in?
Daniel: Sure, I'll add it and send you the new version tomorrow.
! C ACCEPTED Daniel 2026-09-17 "Can you put that in?" "Sure, I'll add it and send you the new version tomorrow."
Joost: I told the racks people to leave room for you. I've put my name on this inside the house, so let's do it well.
! Q champion 2 "I've put my name on this inside the house, so let's do it well."
Pim: And a horn. Trucks don't see them.
Farid: There's a horn.

=== call
title: Goods-in, after the racks
format: text
start: 2026-10-22 09:00
deal: D12
---
Joost: Hi Daniel. The racks are standing. There's a hole in the middle, exactly the size of your charging station.
Daniel: You're a gentleman. Is Sanne through with the auditors?
Sanne: I'm here. Nearly. They want more invoices than I have.
Daniel: Is there anything missing from us?
Sanne: No. The contract's clean, I've read the residual value part.
Pim: My question is who trains the late shift.
Daniel: Farid does. Two evenings.
Pim: Okay.
Sanne: I'll sign it when the auditors have left the house. I can't say the day.
! C HEDGED Sanne - "I'll sign it when the auditors have left the house."
Joost: The CRM people will ask you for a date, won't they.
Daniel: They always do. I've got the thirty-first of October in there.
Sanne: That's optimistic.
Daniel: I'll call you on the fourth of November and we'll see.
! C COMMITTED Daniel 2026-11-04 "I'll call you on the fourth of November and we'll see."
Sanne: Do that. Bring cake.

=== call
title: Enterprise pipeline review
format: teams
start: 2026-11-16 09:00
with: Tomás
---
Ingrid: Good morning. Let's go through the four that matter. Priya, Halden?
Priya: Board on the third of December. Legal is nearly through, the competitor came in late and I don't like it.
Ingrid: Would you bet on it?
Priya: Yes. I'd bet my bicycle.
Ingrid: Brückner?
Priya: It's frozen until the end of January. I moved the date to the eighteenth of December last week and I shouldn't have.
Ingrid: Then take it out of best case, please.
Priya: I'll change it today.
! C ACCEPTED Priya 2026-11-16 "Then take it out of best case, please." "I'll change it today."
Ingrid: Tomás, Meridian. Twenty-seventh of November, really?
Tomás: The people want it. I don't know who signs.
Ingrid: In the last week before the date you don't know who signs?
Tomás: I've asked three times. I'll ask a fourth time on Wednesday.
! C COMMITTED Tomás 2026-11-18 "I'll ask a fourth time on Wednesday."
Ingrid: And nobody has seen a contract. So that's January for me.
Tomás: It may be January.
Ingrid: Beskyd?
Tomás: Alena sends her remarks today. I hope there's no surprise in them.
Ingrid: There's always a surprise in them. Thank you both.

=== call
title: Handover of Daniel's accounts
format: json
start: 2026-11-05 16:00
with: Lucy
---
Marcus: Daniel, tomorrow is your last day until February. Let's be quick, you look like you haven't slept.
Daniel: I haven't. She came on Tuesday. Four kilos.
Hannah: Congratulations! Name?
Daniel: Ema.
Marcus: Wonderful. So, Lumen and Granite Peak. Who takes them?
Hannah: I could take Lumen, if somebody takes my Kestrel chaos.
! C HEDGED Hannah - "I could take Lumen, if somebody takes my Kestrel chaos."
Marcus: Nobody takes Kestrel. Let me think about it until next week.
Daniel: Sanne at Lumen will sign when the auditors are out. Somebody should ring her.
Marcus: I'll ring her.
! C COMMITTED Marcus - "I'll ring her."
Daniel: And Vera at Granite Peak wants the three year calculation. I promised it and I didn't get to it.
Hannah: Where's the sheet?
Daniel: In the team folder, half done.
Marcus: Okay. I'll decide on Granite Peak by the thirteenth of November.
! C COMMITTED Marcus 2026-11-13 "I'll decide on Granite Peak by the thirteenth of November."
Daniel: Thank you. I'm off to sleep for four hours.
Marcus: Go. Give Ema a kiss from all of us.

=== mail
thread: lumen-cake
from: Daniel
to: Sanne
cc: Joost
date: 2026-11-04 17:50
subject: No cake today
deal: D12
opts: sig=internal
---
Hi Sanne,

I tried to call twice. Our daughter arrived yesterday, so I am not the most reachable person this week. A colleague will take over from here, I will tell you the name.

Daniel

=== mail
thread: granite-sheet
from: Daniel
to: Vera
cc: Lukas
date: 2026-11-03 07:40
subject: Three years: own or rent
deal: D11
opts: sig=internal
---
Dear Ms Moser,

the calculation is not ready yet, I am at the hospital. You should be able to have it by the end of next week.
! C HEDGED - - "You should be able to have it by the end of next week."

Daniel

=== mail
thread: team-freight
from: Ingrid
to: Priya, Tomás
cc: Marcus
date: 2026-10-12 08:30
subject: Freight charges from 1 January
---
Dear both,

from 1 January 2027 freight outside of the EU is charged at 2.4 percent of the order value. Offers that are dated before are not affected.
! W freight "from 1 January 2027 freight outside of the EU is charged at 2.4 percent of the order value"

Ingrid

=== note
path: notes/2026-03-12 Oakhurst test day.md
title: Oakhurst test day
date: 2026-03-12 18:00
by: Lucy
deal: D24
---
# Oakhurst test day

- 41 fetches, average 2 min 35 s, Gemma with the stopwatch
- The dog barked twice, then slept on the charging mat
- Sam wants an invoice in pounds, our system only does euros. Ask Claire

=== note
path: notes/2026-10-14 Lumen racks.csv
title: Lumen, site notes
date: 2026-10-14 15:00
by: Farid
deal: D12
---
place,note,who
gate 1,new racks from 19 October,Pim
gate 2,no traffic jam since July,Joost
charging,space of 2.4 x 1.1 m kept free in the middle aisle,Joost
power,16 A socket is missing and the house electrician needs a week,Pim

=== note
path: notes/2026-11-05 Handover Daniel.md
title: Handover of Daniel's accounts
date: 2026-11-05 16:40
by: Marcus
---
# Handover of Daniel's accounts

| account | state | open |
| --- | --- | --- |
| Lumen Lighting | contract clean, Sanne signs after the audit | ring Sanne |
| Granite Peak | wants own v. rent over three years | sheet half done, Vera's mobile +43 660 555 7781 |

Daniel is back on 1 February 2027.

=== note
path: notes/2026-09-05 Ostrava wheel test.txt
title: Wheel test in Ostrava
date: 2026-09-05 17:30
by: Farid
deal: D14
---
Wheel test in Ostrava, Saturday

Load 900 kg, oil film as found. Braking distance 61 cm, allowed are 80 cm.
! W braking "Braking distance 61 cm, allowed are 80 cm."
Ondřej bet a beer against us. He lost.
One sensor was dirty after four hours, so the wiping plan must say every shift.

=== note
path: notes/2026-10-20 Reference visit dairy.txt
title: Reference visit, what Graham liked
date: 2026-10-20 19:00
by: Priya
deal: D03
---
Reference visit, what Graham liked

The stop when somebody steps in front. The label reader. That the dairy people were not trained for more than a day.
What he did not like: the sound of the horn.

=== note
path: notes/2026-06-25 Rhone staff meeting.md
title: Rhône staff representatives
date: 2026-06-25 18:00
by: Tomás
deal: D27
---
# Rhône staff representatives

The meeting took fifty minutes. Question of the day: does the machine report who works slowly? It does not, Farid showed the records.
Vote: seven for, one against. Étienne opened the drawer with the scanners and everybody laughed.

=== document
path: documents/2026-07-01 security-faq.md
title: Pilot security questions and answers
date: 2026-07-01 09:00
by: Yuki
---
# Pilot: security questions and answers

## Where does the data live?
Pilot runs on a server in the customer's own building or in a data centre in Frankfurt. The customer chooses.

## Does a carrier record people?
No. The safety scanner measures distances; no picture is stored and none leaves the machine.

## Who can log in for support?
Remote support is off by default. The customer opens a session for at most four hours and every session is logged.
! W support-hours "The customer opens a session for at most four hours and every session is logged."

## How old is the last penetration test?
The last one was finished on 19 June 2026.

=== document
path: documents/2026-02-02 price-list-2026.md
title: Price list 2026
date: 2026-02-02 09:00
by: Ingrid
---
# Price list 2026, internal

| product | purchase EUR | rental EUR per month |
| --- | ---: | ---: |
| Carta 200 | 16,800 | 790 |
| Carta 90 runner | 7,200 | 340 |
| Hauler 600 | 54,000 | 1,650 |
| Pilot, one site, per year | 18,000 | included |
| Coil cradle | 3,900 | 95 |

Discounts above twelve percent need the signature of the sales manager.
! W discount "Discounts above twelve percent need the signature of the sales manager."

=== document
path: documents/2026-02-02 service-terms.html
title: Service terms
date: 2026-02-02 09:00
by: Claire
---
<!DOCTYPE html>
<html lang="en">
<head><title>Service terms</title></head>
<body>
<h1>Service terms</h1>
<ol>
<li>The service desk answers from 06:00 to 22:00 on working days and from 08:00 to 14:00 on Saturdays.</li>
<li>A technician is on site within eight working hours when more than a quarter of the fleet stands still.</li>
<li>Spare parts are kept for ten years after the last sale of a model.</li>
</ol>
</body>
</html>
! W spare-years "Spare parts are kept for ten years after the last sale of a model."

=== document
path: documents/2026-04-27 works-council-template.md
title: Agreement with the works council, template
date: 2026-04-27 09:00
by: Claire
deal: D21
---
# Agreement on the use of mobile robots, template

1. Positions and speeds of robots are not used to judge the work of a person.
2. Records with personal reference are deleted after thirty days.
3. Nobody is dismissed because of the introduction within twenty-four months.
! W council "Nobody is dismissed because of the introduction within twenty-four months."
