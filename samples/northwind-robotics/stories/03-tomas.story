=== call
title: Spares hall discovery
format: teams
start: 2026-09-15 10:00
deal: D04
---
Tomás: Good morning Zsófia, hello Bence. Our partner in Budapest told me you have a problem with cut-off times.
Zsófia: We have a problem with everything, but the cut-off is the one that hurts. Orders until four in the afternoon must leave the same day. We reach eighty-six percent. The contract with the dealers says ninety-five.
! Q identify_pain,pain,need 2 "We reach eighty-six percent. The contract with the dealers says ninety-five."
! Q metrics 2 "We reach eighty-six percent. The contract with the dealers says ninety-five."
Tomás: How long has that been so?
Zsófia: Since we moved to the new hall in spring. It's twice as long. Nobody thought about the walking.
! Q situation 2 "Since we moved to the new hall in spring. It's twice as long."
Bence: I thought about it. Nobody asked me.
Farid: Bence, you're the controller? Then you'll know what a late order costs.
Bence: Seven euros forty in express freight, on average. About two hundred and sixty late orders a day. I can give you the sheet.
! Q impact 2 "Seven euros forty in express freight, on average. About two hundred and sixty late orders a day."
Farid: Please do, that would save us a lot of guessing.
Bence: I'll mail it after lunch.
! C COMMITTED Bence 2026-09-15 "I'll mail it after lunch."
Tomás: What would a solution have to do, in your words?
Zsófia: Carry the totes from the mezzanine to packing without anybody pushing a cart. And survive our electricity, which isn't very good.
Farid: How often does it fail?
Zsófia: Twice a month, a few seconds.
Farid: The carriers won't notice. The charging stations restart by themselves.
Zsófia: My last system didn't restart by itself. I drove here on a Sunday for it.
Tomás: I can promise you fewer Sundays.
Zsófia: I'd frame that.
Tomás: Is there a date in your mind?
Zsófia: Before the winter tyres would have been nice. That's gone. So, spring, before the air conditioning season, April.
! Q timeline 1 "So, spring, before the air conditioning season, April."
Tomás: Then we should see your hall soon. Could we come on the twenty-ninth?
Zsófia: Yes, come on the twenty-ninth, I'll book the gate pass for you.
! C COMMITTED Zsófia 2026-09-29 "I'll book the gate pass for you."
Farid: Thank you. I'm bringing a laser scanner, is that okay?
Zsófia: If it doesn't scan people, bring it.

=== call
title: Offer for Győr
format: zoom
start: 2026-10-22 13:00
deal: D04
---
Tomás: Hello everybody. Eszter, welcome, we haven't met.
Eszter: Hello. I'm the buyer, so I'm the bad person.
Tomás: [laughter] I don't believe it. You all have the offer. Eighteen carriers, two hundred and forty-five thousand, including the first year of software.
! P "Eighteen carriers, two hundred and forty-five thousand, including the first year of software."
Eszter: It's too expensive. I'll say it right away so that it's said.
! O PRICE 2 unknown "It's too expensive."
Tomás: Compared with what, if I may ask?
Eszter: Compared with my target. I have a target of two hundred and fifteen.
Bence: That target is from January, when we thought of twelve carriers.
Eszter: It's still my target.
Farid: Would it make sense to look at twelve carriers then?
Zsófia: No. With twelve I reach ninety percent and I have the same discussion next year. I want the eighteen.
Tomás: Where does the money come from, Bence?
Bence: Express freight. We've spent four hundred and eighty thousand since April. If that goes down by two thirds, the thing pays for itself in nine months.
! Q metrics 2 "If that goes down by two thirds, the thing pays for itself in nine months."
Zsófia: I showed this to our managing director yesterday, with Bence's numbers, and he told me to go on.
! Q champion 2 "I showed this to our managing director yesterday, with Bence's numbers, and he told me to go on."
Tomás: That's very good to hear. Eszter, what would help you with your target?
Eszter: A discount, obviously. Or payment in three parts.
Tomás: Three parts I can do. For a discount I'd need something in return, for example a reference visit.
Eszter: I'll ask about the visits.
! C COMMITTED Eszter - "I'll ask about the visits."
Tomás: And I'll send you the three part plan by Tuesday.
! C COMMITTED Tomás 2026-10-27 "And I'll send you the three part plan by Tuesday."
Zsófia: I want to be clear, Tomás. I want this. But I've wanted many things in this company.
Tomás: Understood. I take that as encouragement.

=== call
title: Price round Győr
format: text
start: 2026-11-18 14:00
deal: D04
---
Tomás: So, Eszter, round three.
Eszter: Round three. I saw the payment plan, it's good. I'm still at two hundred and twenty-five.
Tomás: And I'm at two hundred and thirty-eight with two reference visits a year.
Eszter: Two thirty.
Tomás: I can't do two thirty. If I go there I lose the service hours, and then Zsófia drives here on Sundays.
Zsófia: Please don't.
! C NEGATED Tomás - "I can't do two thirty."
Bence: The difference is eight thousand. We burn that in express freight in four days.
Eszter: I know, Bence. But I have to show a saving.
Tomás: What if we show it as free training for twelve people? It has a list price of nine thousand.
Eszter: That I can show. Hm. Yes, that's elegant.
Tomás: So two hundred and thirty-eight, training included, two visits.
Eszter: I can live with it.
Zsófia: Finally. So when do we sign?
Tomás: I'd hoped for next Friday.
Eszter: I don't know who signs this, honestly. It's the first purchase of this kind since the merger. It may go to Munich, it may not.
Tomás: Could you find out for me?
Eszter: I'll try. My colleague is on holiday until December, so I can't say when I'll have an answer.
! C HEDGED Eszter - "I'll try."
Zsófia: I could call the managing director.
Tomás: That would be great. When?
Zsófia: When I have a quiet moment. Not this week.
Tomás: All right. I'll write down what we have agreed today and send it to the three of you tomorrow.
! C COMMITTED Tomás 2026-11-19 "I'll write down what we have agreed today and send it to the three of you tomorrow."
Eszter: Good. Thank you for the training idea.

=== mail
thread: meridian-summary
from: Tomás
to: Eszter, Zsófia, Bence
date: 2026-11-19 09:05
subject: Győr: what we agreed yesterday
deal: D04
opts: sig=internal html
---
Dear all,

as agreed yesterday: 18 carriers, 238,000 euros, training for twelve people included, three payments, two reference visits a year.

Eszter, could you let me know who signs on your side and whether the contract has to go to Munich?
! C REQUESTED Eszter - "Eszter, could you let me know who signs on your side and whether the contract has to go to Munich?"

I have put 27 November into my calendar as our target for the signature.

Saludos,
Tomás

=== note
path: notes/2026-10-22 Meridian.csv
title: Meridian call notes
date: 2026-10-22 14:10
by: Tomás
deal: D04
---
time,topic,note
13:04,price,Eszter says too expensive; target 215k dates from January and 12 carriers
13:09,value,Bence: 480k express freight since April
13:15,people,Zsófia showed it to the managing director on her own
13:21,todo,three part payment plan by Tuesday 27 October

=== call
title: Coimbra depot discovery
format: zoom
start: 2026-03-18 11:00
deal: D33
---
Tomás: Olá Inês, thank you for the invitation. Rui, hello.
Inês: Hello Tomás. Let me be quick, because we are comparing three suppliers and we want to decide before the summer.
Tomás: Three. May I know which?
Inês: You, Quantor Motion and a local integrator.
! Q competition 2 "You, Quantor Motion and a local integrator."
! K Quantor Motion "You, Quantor Motion and a local integrator."
Tomás: Thanks for being open. What's the depot like?
Rui: Two thousand pallets, three docks, one very old warehouse system that I maintain on weekends.
! Q situation 2 "Two thousand pallets, three docks, one very old warehouse system that I maintain on weekends."
Farid: Does it have an interface?
Rui: It has files. Text files in a folder. I'm not proud of it.
Farid: We can read text files. Every minute is okay for pallets.
Inês: Here's what matters to us, in order. First, the interface must work on day one. Second, price. Third, service in Portuguese.
! Q decision_criteria 2 "First, the interface must work on day one. Second, price. Third, service in Portuguese."
Tomás: We have a service partner in Aveiro. They speak nothing but Portuguese.
Inês: Good. The Quantor people already have a connector for exactly our system, they showed it last week. Yours would have to be written.
! O COMPETITOR 3 no "The Quantor people already have a connector for exactly our system, they showed it last week."
! K Quantor Motion "The Quantor people already have a connector for exactly our system, they showed it last week."
! O FIT 2 no "Yours would have to be written."
Farid: That's right. It would take us about four weeks.
Inês: Four weeks on paper. I've been in this business for twenty years.
Tomás: Would it change anything if you saw it working before you sign?
Inês: It would. But I don't have four weeks to wait.
Rui: I'll give you sample files today. If you write something fast I'd be happy to test it.
! C COMMITTED Rui 2026-03-18 "I'll give you sample files today."
Farid: Please send them, I'll have a first version by the third of April.
! C COMMITTED Farid 2026-04-03 "I'll have a first version by the third of April."
Inês: Bom. Impress me.
Tomás: We'll do our best.

=== call
title: Coimbra decision
format: text
start: 2026-06-17 17:00
deal: D33
---
Inês: Tomás, I owe you an answer, and I wanted to give it on the phone.
Tomás: That doesn't sound like champagne.
Inês: No. We go with Quantor Motion for Coimbra. It was decided this afternoon.
! F chose_another "We go with Quantor Motion for Coimbra."
! O COMPETITOR 3 no "We go with Quantor Motion for Coimbra."
! K Quantor Motion "We go with Quantor Motion for Coimbra."
Tomás: I see. Thank you for calling. May I ask why?
Inês: The connector. Theirs worked on the first day of the test. Yours stopped on the second day, when Rui's system wrote an empty file.
Farid: That was a stupid mistake. It was fixed in an hour, but it was a mistake.
Inês: I know it was fixed in an hour. My operations people had already made up their minds.
Tomás: Was price a part of it?
Inês: You were four percent above. Nobody would have cared.
Tomás: So it's the connector and only that.
Inês: The connector and the impression it made. I'm sorry, I like you better as people.
Farid: Would you be willing to look at it again for another site?
Inês: Porto comes in autumn. It's bigger and it has the new system. Come back in July and I'll listen.
Tomás: Then I'll call you in the first week of July.
! C COMMITTED Tomás - "Then I'll call you in the first week of July."
Inês: Do that.
Tomás: Obrigado, Inês. For the honest answer.

=== call
title: Porto hall, requirements
format: gong
start: 2026-09-10 10:30
deal: D06
---
Tomás: Good morning. The connector, before you ask, has now run for sixty days without a stop at another customer.
Inês: I was going to ask. Good morning.
Rui: And the new warehouse system in Porto has a proper interface. I don't have to be ashamed any more.
Farid: I've read the documentation, it's good.
Inês: So, Porto. Two bottling halls, A and B. Six lines. At the moment eleven forklifts bring the empty glass and take the full pallets away. We had four accidents this year, one of them serious.
! Q identify_pain,pain,need 2 "We had four accidents this year, one of them serious."
! Q situation 2 "At the moment eleven forklifts bring the empty glass and take the full pallets away."
Tomás: I'm sorry. Is the person all right?
Inês: He will be. But I'm not going to have another one. The insurance has given us until the end of next June to separate people and forklifts, or the premium doubles.
! Q critical_event,timeline 2 "The insurance has given us until the end of next June to separate people and forklifts, or the premium doubles."
Tomás: How much is the premium?
Inês: A hundred and thirty thousand a year.
! Q impact,metrics 1 "A hundred and thirty thousand a year."
Farid: And throughput?
Rui: Two hundred and ten pallets an hour over both halls, that must stay.
! Q decision_criteria 2 "Two hundred and ten pallets an hour over both halls, that must stay."
Tomás: We have drawn a first picture with eight Hauler 600. It's about five hundred and twenty thousand.
! P "It's about five hundred and twenty thousand."
Inês: That's within what I imagined. Beatriz will say no first, she always does.
Tomás: Beatriz is the CFO?
Inês: Beatriz Lopo. Everything above a hundred is hers.
! Q economic_buyer,authority 1 "Beatriz Lopo. Everything above a hundred is hers."
Tomás: Would you take me to her?
Inês: When the simulation is done, yes, I'll bring her to the presentation.
! C HEDGED Inês - "When the simulation is done, yes, I'll bring her to the presentation."
Farid: The simulation needs your production plan for the peak month. Can I have it?
Rui: You'll get the July plan from me on Monday.
! C ACCEPTED Rui 2026-09-14 "Can I have it?" "You'll get the July plan from me on Monday."
Tomás: Perfect, obrigado.

=== call
title: Porto simulation and what it means
format: json
start: 2026-10-19 15:00
deal: D06
---
Farid: So that's the result. With eight haulers we reach one hundred and eighty-four pallets an hour over both halls. Not two hundred and ten.
Inês: That's a problem.
Farid: It is. Hall A is the bottleneck. The passage to the glass store is three metres forty wide, two haulers can't pass.
Rui+: I told you about the passage in September.
Farid: You did. I thought the one-way rule would solve it. It doesn't.
Tomás: I'd rather show you this today than after the order.
Inês: I appreciate that. I don't like it, but I appreciate it.
Beatriz: I'm listening in, good afternoon. So for half a million we get less than we have today, do I understand correctly?
Tomás: With this layout, yes.
Beatriz: Then it isn't worth the money. That's an easy one for me.
! O PRICE 3 partly "Then it isn't worth the money."
Tomás: May I ask a question, Ms Lopo? Which of the two halls had the accidents?
Beatriz: Inês?
Inês: Hall B. All four.
Tomás: And would the insurance be satisfied if hall B is separated first?
Inês: I'd have to ask them. I think so, A has fewer people.
Beatriz: If it's only B, what does it cost?
Farid: Roughly six haulers. Hall B on its own reaches a hundred and twenty-eight an hour, which is more than today. I'd have to do the simulation again.
Beatriz: That's a different discussion. If B alone satisfies the insurance, I'd look at it.
Inês: Who has to tear up the floor in B? We can't stop the lines for a month, that would kill us.
! O EFFORT 2 yes "We can't stop the lines for a month, that would kill us."
Farid: Nobody tears up anything. We install on three weekends, line by line.
Inês: Three weekends I can organise, that's fine then.
Tomás: So we go back one step. Farid does hall B again, and you ask the insurance. Agreed?
Inês: Agreed. I'll ask the insurance this week.
! C ACCEPTED Inês - "Farid does hall B again, and you ask the insurance." "I'll ask the insurance this week."
Farid: And I'll have hall B by the sixth of November.
! C COMMITTED Farid 2026-11-06 "And I'll have hall B by the sixth of November."
Beatriz: Good. Send me one page, not twenty.

=== mail
thread: castellan-hall-b
from: Inês
to: Tomás
cc: Rui
date: 2026-11-04 18:22
subject: Hall B only
deal: D06
opts: sig=external
---
Olá Tomás,

the insurance confirms in writing that hall B alone is enough for them, if it is in operation by 30 June. So we reduce the project to hall B. Beatriz is fine with a frame of 390,000.
! Q budget,economic_buyer,authority 2 "Beatriz is fine with a frame of 390,000."
! Q critical_event,timeline 2 "the insurance confirms in writing that hall B alone is enough for them, if it is in operation by 30 June"

The demonstration on 24 November that I promised to organise with the forklift drivers I have to take back, the union meeting is on the same day. I will not be able to do it before the holidays.
! C CANCELLED Inês - "The demonstration on 24 November that I promised to organise with the forklift drivers"

Inês

=== mail
thread: castellan-hall-b
from: Tomás
to: Inês
cc: Rui, Farid
date: 2026-11-05 09:11
deal: D06
opts: sig=internal
---
Olá Inês,

thank you, that is clear. I have changed our records to hall B and 390,000.

Farid will show the new simulation on 1 December at eleven, if that suits you and Rui.

Tomás

=== mail
thread: castellan-hall-b
from: Rui
to: Tomás
cc: Inês, Farid
date: 2026-11-12 12:40
deal: D06
opts: sig=external
---
1 December is fine for both of us. Please use the file format version 3, I will switch off version 2 by the end of November.
! C COMMITTED Rui 2026-11-30 "I will switch off version 2 by the end of November"

Rui

=== call
title: Freezer tunnel, first call
format: zoom
start: 2026-09-29 12:00
deal: D09
---
Tomás: Dzień dobry. That's all the Polish I have, I'm afraid.
Agnieszka: It was very good. English is fine.
Piotr: Good morning. I have thirty minutes, let's use them.
Tomás: Then straight to it. What happens in the freezer tunnel?
Piotr: Minus twenty-four degrees. Men drive pallets in and out, in clothes that weigh nine kilos. By law they may stay for forty minutes, then they have to warm up for twenty.
! Q situation 2 "By law they may stay for forty minutes, then they have to warm up for twenty."
Tomás: So a third of the time nobody is working.
Piotr: A third of the time I pay for coffee. And since August I can't find drivers at all. We refused two customers because of it.
! Q identify_pain,pain,need 2 "We refused two customers because of it."
Farid: What do the two customers stand for?
Agnieszka: About one point one million zloty a year. In margin I think it's two hundred thousand.
! Q metrics,impact 2 "About one point one million zloty a year."
Farid: I have to say it clearly, the Hauler today is certified down to minus five. There's a freezer version in the lab, it will be tested in January.
Piotr: In the lab. So you don't have a machine for me.
! O FIT 3 no "So you don't have a machine for me."
Farid: Not to buy today, no.
Piotr: And when it comes, how do I know it works? I have seen many things that worked in the lab.
! O TRUST 2 no "I have seen many things that worked in the lab."
Tomás: Would you want to be the test site?
Piotr: Hm. What does it mean?
Tomás: You get two machines for three months, at no cost, and we get your temperatures and your honest opinion.
Agnieszka: That's interesting. I would like that.
Piotr: Agnieszka likes machines. I like customers. But okay, let's look at it. You'd have to come here.
Tomás: We'd come gladly. The sixth of November?
Piotr: The sixth is good. Agnieszka will arrange it.
Agnieszka: I'll send you the safety rules for visitors by Friday.
! C COMMITTED Agnieszka 2026-10-02 "I'll send you the safety rules for visitors by Friday."
Tomás: Dziękuję bardzo.

=== call
title: Test site agreement
format: srt
start: 2026-10-21 09:00
deal: D09
---
Agnieszka: I have read your test site agreement. It's short, I like it.
Tomás: We try. Are there points that you'd change?
Agnieszka: One. If the machine stops inside the tunnel, who takes it out? Our people must not go near it without training.
Farid: There's a tow bar. Anyone with a pallet truck can do it. We train six people on the first day.
Agnieszka: Good. And for how long will we have to change our process? My shift leaders are nervous, they say it's a lot of work for a test.
! O EFFORT 2 partly "My shift leaders are nervous, they say it's a lot of work for a test."
Farid: What are they most afraid of?
Agnieszka: Of entering everything twice.
Farid: They won't have to. The machine reads the pallet label.
Agnieszka: That will help. I'll tell them.
! C COMMITTED Agnieszka - "I'll tell them."
Tomás: Who decides about the test in the end, you or Piotr?
Agnieszka: Piotr. And for the real investment the owners in Sopot. They meet twice a year, in March and in September.
! Q decision_process,decision 1 "And for the real investment the owners in Sopot. They meet twice a year, in March and in September."
Tomás: So March would be the moment.
Agnieszka: If the test is good, yes. Otherwise it's a year later, because in September the money is already given to the cooling plant.
! Q critical_event,timeline 2 "Otherwise it's a year later, because in September the money is already given to the cooling plant."
Farid: Then January to March is all we have. Let's not waste it.
Agnieszka: See you on the sixth.

=== mail
thread: polaris-visit
from: Tomás
to: Agnieszka, Piotr
cc: Farid
date: 2026-10-22 10:00
subject: Site visit in Gdańsk
deal: D09
opts: sig=internal
ics: REQUEST 2026-11-06 10:00 180 Site visit freezer tunnel
---
Dear Agnieszka, dear Piotr,

here is the invitation for 6 November. Farid brings his own jacket.

Best regards,
Tomás

=== mail
thread: polaris-visit
from: Piotr
to: Tomás
cc: Agnieszka
date: 2026-11-05 16:55
deal: D09
opts: sig=external
ics: REPLY 2026-11-06 10:00 180 Site visit freezer tunnel
---
Tomás, we have an ammonia alarm in the tunnel, the visit tomorrow is not possible. Please propose another day.

Piotr

=== mail
thread: polaris-visit
from: Tomás
to: Piotr, Agnieszka
cc: Farid
date: 2026-11-06 08:35
deal: D09
opts: sig=internal
ics: REQUEST 2026-11-13 10:00 180 Site visit freezer tunnel, second attempt
---
I hope everybody is safe. What about 13 November, same time? The flight is booked, it can be changed.

Tomás

=== mail
thread: polaris-visit
from: Agnieszka
to: Tomás
cc: Piotr, Farid
date: 2026-11-12 13:05
deal: D09
opts: sig=external
ics: REPLY 2026-11-13 10:00 180 Site visit freezer tunnel, second attempt
---
Dear Tomás, I am very sorry, I have to cancel tomorrow as well. The labour inspectors are coming and Piotr must be with them. I do not have a new date for you.
! C NEGATED Agnieszka - "I do not have a new date for you."

Agnieszka

=== call
title: Coil transport discovery
format: teams
start: 2026-08-26 08:00
deal: D14
---
Tomás: Good morning Radek, thank you for the early slot.
Radek: In steel this is the middle of the day. This is Ondřej, he keeps everything alive.
Ondřej: I try.
Tomás: What would you like to change in Ostrava?
Radek: The transport of the small coils from the slitter to the packing. Today it's a crane and two men with a remote control, forty times a shift. The crane is the oldest in the house.
! Q situation 2 "Today it's a crane and two men with a remote control, forty times a shift."
Ondřej: It's from 1987. It broke in May and in July, each time two days of standing.
! Q identify_pain,pain,need 2 "It broke in May and in July, each time two days of standing."
Tomás: What does a day of standing cost?
Radek: Thirty-one thousand euros. I can show you the calculation.
! Q metrics,impact 2 "Thirty-one thousand euros. I can show you the calculation."
Farid: How heavy is a small coil?
Ondřej: Between four hundred and nine hundred kilos.
Farid: That's inside what the Hauler carries. The surface is the question, is there oil on the floor?
Ondřej: Some. We're a steel plant, not a hospital.
Farid: I'd like to test the wheels on your floor. Can you give me one square metre of it, so to speak?
Ondřej: You can come and drive a test machine on the weekend. I'll be there anyway.
Farid: I'll come on Saturday, the fifth of September.
! C COMMITTED Farid 2026-09-05 "I'll come on Saturday, the fifth of September."
Radek: If the wheels hold, I'll take it to our group investment round myself.
! C HEDGED Radek - "If the wheels hold, I'll take it to our group investment round myself."
Tomás: What's the frame there?
Radek: For this crane they gave me a hundred and sixty thousand for the repair. I can use it for something else if it's cheaper.
! Q budget 2 "For this crane they gave me a hundred and sixty thousand for the repair."
! Q economic_buyer,authority 2 "I can use it for something else if it's cheaper."
Tomás: That's a helpful answer. Děkuji.

=== call
title: Offer for the slitter line
format: zoom
start: 2026-10-14 09:00
deal: D14
---
Radek: The wheels held, as you know. Ondřej was disappointed.
Ondřej: I had bet a beer against it.
Farid: I'm still waiting for that beer.
Tomás: Gentlemen, the offer. Two Hauler 600 with coil cradles, fence, software, one hundred and fifty thousand.
! P "Two Hauler 600 with coil cradles, fence, software, one hundred and fifty thousand."
Radek: It's ten below the crane. That's how I'll sell it.
Ondřej: I have a worry. My men have to learn it. We're six, two are retiring. We don't have time for a new system in the winter revision.
! O EFFORT 2 yes "We don't have time for a new system in the winter revision."
Farid: When is the revision over?
Ondřej: Middle of February.
Farid: Then we install in the last week of February, and I stay for two weeks with your people.
Ondřej: You personally?
Farid: Me personally. I like the canteen.
Ondřej: Okay. Then I've no problem with it.
Radek: I've passed your offer to the group with my signature on it. I wrote that I want it.
! Q champion 2 "I've passed your offer to the group with my signature on it."
Tomás: Thank you. Alena, what do you need from us?
Alena: The general conditions, the certificate of origin, and your contract as a text file, not as a PDF. I'll need about four weeks for the contract, I do it myself.
! Q paper_process 2 "I'll need about four weeks for the contract, I do it myself."
Tomás: I'll mail you all three tomorrow.
! C COMMITTED Tomás 2026-10-15 "I'll mail you all three tomorrow."
Alena: Thank you. As a text file, please.
Tomás: As a text file.

=== call
title: Contract redlines
format: json
start: 2026-11-16 10:00
deal: D14
---
Alena: I have eleven remarks. Nine are small.
Tomás: Then let's do the two big ones.
Alena: First, the law. You write German law. We always write Czech law, our lawyers insist.
! O LEGAL_PROCUREMENT 2 yes "We always write Czech law, our lawyers insist."
Tomás: If we take Czech law and arbitration in Vienna, would that be acceptable?
Alena: Vienna is acceptable, yes. Then this point is done.
Tomás: And the second one?
Alena: The second one isn't legal. Last week a company called Brightpath was here. They offer the same with a rental of two thousand nine hundred a month and they say they can deliver in January.
! O COMPETITOR 2 unknown "They offer the same with a rental of two thousand nine hundred a month and they say they can deliver in January."
! K Brightpath AMR "Last week a company called Brightpath was here."
! Q competition 2 "Last week a company called Brightpath was here."
Radek: I want to say that I didn't invite them. Someone in the group did.
Tomás: Who in the group, if I may ask?
Radek: I don't know. It's new for me too that someone looks at it.
Ondřej: Did they drive on our floor?
Radek: No. They made a presentation.
Ondřej+: Then it's a presentation.
Tomás: Alena, is the rental attractive for you?
Alena: For the group perhaps. I only pass things on. I was asked to tell you that the price should be looked at again.
! O PRICE 1 unknown "I was asked to tell you that the price should be looked at again."
Tomás: I'd like to understand what the group compares before I touch the price. Can you find out who has asked, Radek?
Radek: I'll call Prague today and you'll hear from me on Wednesday.
! C ACCEPTED Radek 2026-11-18 "Can you find out who has asked, Radek?" "I'll call Prague today and you'll hear from me on Wednesday."
Tomás: Thank you. And I'll send the contract with Czech law and Vienna to Alena by Thursday.
! C COMMITTED Tomás 2026-11-19 "And I'll send the contract with Czech law and Vienna to Alena by Thursday."
Alena: Good. The nine small ones I send you now, please don't fight about them.
Tomás: I wouldn't dare.

=== call
title: Glaze store, walking the numbers
format: zoom
start: 2026-09-03 16:00
deal: D26
---
Tomás: Buenas tardes. We can stay in English for Farid?
Jorge: Of course. My English is from the ships, excuse me.
Marta: Mine's from television.
Farid: Both are better than my Spanish.
Tomás: You've had the offer over the weekend. What did you think?
Marta: I recalculated it. The saving in broken tiles is too optimistic, you assume three percent, I find one point eight.
Farid: Where did you find it?
Marta: I went to the glaze store with a notebook and counted for a week. Twenty-six pallets broken of one thousand four hundred and forty.
! Q metrics 2 "Twenty-six pallets broken of one thousand four hundred and forty."
Tomás: Then let's take your number.
Marta: With my number the payback is thirty-one months and not nineteen. For me that's too long, our limit is twenty-four.
! O PRICE 2 yes "For me that's too long, our limit is twenty-four."
@pause 1.1
Tomás: What would bring it under twenty-four?
Marta: Eight thousand less, or the second shift.
Jorge: The second shift comes in January, Marta, it's decided.
Marta: Nobody told me.
Jorge: I tell you now.
Marta: Then with the second shift it's twenty-two months. Okay, then it's good, I withdraw my complaint.
Tomás: I'd still like to meet you on the price. A hundred and thirty-two thousand instead of a hundred and forty, if we may photograph it afterwards.
! P "A hundred and thirty-two thousand instead of a hundred and forty, if we may photograph it afterwards."
Jorge: You may photograph it. Not me.
Tomás: Agreed. What happens next on your side?
Jorge: I sign up to a hundred and fifty. Marta prepares the request, I need it with two other offers, that's the rule, and then it's done in a week.
! Q decision_process,decision,economic_buyer,authority 2 "I sign up to a hundred and fifty. Marta prepares the request, I need it with two other offers, that's the rule, and then it's done in a week."
Marta: I have the two others already. I sent the comparison to Jorge yesterday, yours first.
! Q champion 2 "I sent the comparison to Jorge yesterday, yours first."
Tomás: Muchas gracias, Marta.
Marta: I'll have the request ready by the eleventh of September.
! C COMMITTED Marta 2026-09-11 "I'll have the request ready by the eleventh of September."
Farid: And I'll fix the date for the floor survey with your maintenance by Monday.
! C COMMITTED Farid 2026-09-07 "And I'll fix the date for the floor survey with your maintenance by Monday."

=== mail
thread: tessera-invoice
from: Marta
to: Tomás
date: 2026-10-19 12:14
subject: Invoice address and first payment
deal: D26
opts: sig=external html
---
Hola Tomás,

for the first invoice please use Tessera Tiles S.L., Camino de la Balsa 7, 46980 Paterna, VAT ESB99887766. The purchase order is 4500-11873.

I will release the first payment on 30 October.
! C COMMITTED Marta 2026-10-30 "I will release the first payment on 30 October."
! W tessera-po "The purchase order is 4500-11873."

Un saludo,
Marta

=== mail
thread: tessera-invoice
from: Tomás
to: Marta
cc: Claire
date: 2026-10-20 09:30
deal: D26
opts: sig=internal
attach: invoice-2026-1187.txt; text/plain; invoice-2026-1187.txt
---
Hola Marta,

the invoice is attached. Amount due 66,000.00 EUR, to be paid to IBAN DE59 1009 9000 0012 3456 78.

Gracias,
Tomás

=== call
title: Reel handling, the people question
format: meet
start: 2026-06-11 10:00
deal: D27
---
Tomás: Bonjour Étienne, bonjour Margaux. Étienne, you wrote that there's a worry inside.
Étienne: Yes. The technology is decided, for me. The worry is the change. We have reel handlers who've done this for twenty-five years. It takes months to change such a habit, and I don't have months, I have July.
! O EFFORT 3 yes "It takes months to change such a habit, and I don't have months, I have July."
Tomás: What have you seen go wrong in the past?
Étienne: In 2021 we introduced scanners. On paper. In reality they're in a drawer.
Farid: In a drawer, still?
Étienne: Still. I can show you the drawer.
Farid: What I'd do is start with the night shift. Four people, they volunteer, and we're there every night for two weeks.
Étienne: Why the night?
Farid: Because nobody is watching. People learn better when nobody is watching.
Étienne: That's clever. Yes, with the night shift I believe it can work by July.
Margaux: I have to add that the staff representatives have to be heard. It's one meeting, it must be announced ten days before.
! Q decision_process,decision 2 "It's one meeting, it must be announced ten days before."
Tomás: When would the next one be?
Margaux: The twenty-fifth of June, if I announce it by Monday. I'll do that.
! C COMMITTED Margaux 2026-06-15 "I'll do that."
Tomás: And the contract itself?
Margaux: It's with me. Two weeks from your clean version, not less.
! Q paper_process 2 "It's with me. Two weeks from your clean version, not less."
Étienne: The reel damage is four hundred and ten thousand euros a year. I only want to halve it. Please let's not lose July over paper, Margaux.
! Q metrics,impact 2 "The reel damage is four hundred and ten thousand euros a year. I only want to halve it."
Margaux: We're a paper company, Étienne.
Étienne: [laughter] That's true.
Tomás: I'll send the clean version on Wednesday.
! C COMMITTED Tomás 2026-06-17 "I'll send the clean version on Wednesday."

=== call
title: Sheet store liability
format: teams
start: 2026-10-13 15:30
deal: D39
---
Tomás: Good afternoon, Margaux. Étienne can't make it?
Margaux: He's at the machine, there's a break. You have only me today.
Claire: Hello Margaux, I'm Claire, legal at Northwind. We've exchanged a few mails.
Margaux: Nice to meet you. So, article fourteen. You limit your liability to the order value. For the reels we accepted it. For the sheet store our insurer says no.
Claire: What has changed since the reels?
Margaux: The sheets are customer goods. If your machine damages them it isn't our money, it's the customer's. We can't accept a cap at the order value.
! O LEGAL_PROCUREMENT 3 no "We can't accept a cap at the order value."
Claire: Could we agree on a higher cap for customer goods, say twice the order value?
Margaux: I asked for unlimited. I may go to five times. Twice is not enough.
Claire: Five times is more than our own insurance covers. I can't sign that.
! C NEGATED Claire - "I can't sign that."
Tomás: What if Rhône insures the customer goods and we pay the premium?
Margaux: Our insurer won't insure goods under a robot of a small company, I asked. He wanted to see your balance sheet.
! O TRUST 2 no "Our insurer won't insure goods under a robot of a small company, I asked."
Tomás: We can show it. It isn't a bad balance sheet.
Margaux: I believe you. But he's decided. And the management committee follows him, always.
Claire: So is there any wording that would make it possible this year?
Margaux: I don't see one. I'm sorry. I'll write it to you officially on Thursday.
! C COMMITTED Margaux 2026-10-15 "I'll write it to you officially on Thursday."
Tomás: And if our insurance goes up next year?
Margaux: Then call me. The sheet store isn't going away.

=== mail
thread: rhone-sheet-store
from: Margaux
to: Tomás
cc: Étienne, Claire
date: 2026-10-15 16:48
subject: Magasin feuilles - décision
deal: D39
lang: fr
opts: sig=external
---
Bonjour Tomás,

comme convenu, je vous confirme que notre direction ne souhaite pas poursuivre le projet du magasin feuilles avec le plafond de responsabilité actuel. C'est l'assureur qui bloque, pas les équipes.
! F legal_block "notre direction ne souhaite pas poursuivre le projet du magasin feuilles avec le plafond de responsabilité actuel"

Étienne reste très content des bobines. Reparlons-en au printemps.

Bien cordialement,
Margaux

=== mail
thread: rhone-sheet-store
from: Tomás
to: Margaux
cc: Étienne, Claire
date: 2026-10-16 09:20
deal: D39
lang: fr
opts: sig=internal
---
Bonjour Margaux,

merci pour votre franchise. Je vous rappellerai le 2 mars 2027, quand notre nouvelle assurance sera signée.
! C HEDGED Tomás - "Je vous rappellerai le 2 mars 2027, quand notre nouvelle assurance sera signée."

Bien à vous,
Tomás
