=== call
title: Returns in Halle
format: teams
start: 2026-04-29 13:00
deal: D34
---
Priya: Hello Anke, hello Lena. Thanks for having us. What made you write to us?
Anke: It was more curiosity than need, if I'm honest. I saw your carriers at the fair in Leipzig and thought of Halle, where our returns come in.
Priya: Tell me about Halle.
Anke: It's a small hall. About three hundred parcels a day, four people, they open, check, sort. It's not pretty but it works.
! Q situation 2 "About three hundred parcels a day, four people, they open, check, sort."
Yuki: Where does the time go?
Anke: Opening and checking, mostly. Maybe a quarter of it is carrying things around.
Lena: And I would add, every change in that hall has to be validated. Every change. We're pharma, a returned pack is a controlled object.
Yuki: How long does such a validation take?
Lena: Six weeks if the paperwork is good. Twelve if it's not.
Priya: Then let me ask plainly. What would have to be true for this to be worth twelve weeks of your life?
Lena: [laughter] That's a very good question.
Anke: We'd need to save at least one full position. And I don't see that, three hundred parcels is what it is.
! O NEED 2 no "And I don't see that, three hundred parcels is what it is."
Priya: What if the volume grows?
Anke: It may grow when the Swiss returns come to us. That's not decided. The way it is today, we're all set in Halle, really.
! O NEED 3 no "The way it is today, we're all set in Halle, really."
Yuki: Could you share the parcel numbers of the last twelve months anyway? I'd like to see the peaks.
Anke: I'd have to ask controlling. Let me see whether they give them to me.
! C HEDGED Anke - "Let me see whether they give them to me."
Priya: And in the meantime I'll send you the validation pack that we wrote for another pharma site, by Wednesday.
! C COMMITTED Priya 2026-05-06 "I'll send you the validation pack that we wrote for another pharma site, by Wednesday."
Lena: Oh, that I would actually like to read.
Anke: Lena reads that kind of thing in the bath.
Lena: I do not.
Priya: Good, then let's talk again in May.

=== call
title: Halle decision
format: srt
start: 2026-07-16 10:00
deal: D34
---
Priya: Hi Anke. I saw your mail. Did you get to talk to Matthias?
Anke: I did. He looked at it for ten minutes and said, why would we change something that isn't broken.
! O STATUS_QUO 3 no "He looked at it for ten minutes and said, why would we change something that isn't broken."
Priya: Was it the number or the idea?
Anke: The idea. The Swiss returns stay in Basel, that was decided on Monday, so the growth case is gone. We'll just keep doing it by hand.
! O STATUS_QUO 3 no "We'll just keep doing it by hand."
Priya: Thank you for being so direct. Is there anything we should have done differently?
Anke: No. You asked the right question in the first call, to be fair. I just didn't want to hear the answer.
Priya: Then shall we close Halle and not waste more of your time?
Anke: Please. But here's the thing. Leipzig is different. Leipzig is eleven thousand order lines a day and I'm short of thirty people.
! Q need,identify_pain 2 "Leipzig is eleven thousand order lines a day and I'm short of thirty people."
Priya: Thirty?
Anke: Thirty. We had to send a truck half empty twice in June because we couldn't pick in time. Hospitals noticed.
! Q pain 2 "We had to send a truck half empty twice in June because we couldn't pick in time."
Priya: Would you want to look at Leipzig together, properly?
Anke: Yes. I'd like you to come here. Lena has her validation hat on already.
Priya: I'll come to Leipzig. I'll propose two dates by tomorrow evening.
! C COMMITTED Priya - "I'll come to Leipzig."
! C COMMITTED Priya 2026-07-17 "I'll propose two dates by tomorrow evening."
Anke: Good. And bring the young man with the step counter questions.
Priya: Yuki. I'll tell him you said young.

=== call
title: Leipzig discovery
format: zoom
start: 2026-08-05 09:00
deal: D02
---
Priya: Thanks for the tour, Anke. Now that I've seen the ramp-up area I have about forty questions.
Anke: Pick the best five.
Priya: Okay. First one. What does a missed truck cost you?
Anke: About twelve thousand euros for the special run, plus the face of the hospital pharmacist. We had seven of them since January.
! Q metrics,impact 2 "About twelve thousand euros for the special run, plus the face of the hospital pharmacist. We had seven of them since January."
Yuki: And with thirty missing people, how do you cope today?
Anke: Overtime. Saturday shifts. People are tired, two team leads resigned in spring. I want that to stop.
! Q pain,identify_pain 2 "People are tired, two team leads resigned in spring. I want that to stop."
Lena: From my side, whatever you bring must be qualified. Installation, operation, performance, the whole alphabet. And I need an audit trail for every movement of a controlled pack.
! Q decision_criteria 2 "And I need an audit trail for every movement of a controlled pack."
Yuki: Pilot writes one line for each movement, with a hash. You'd be able to export it.
Lena: I'd want to see that with my own eyes.
Yuki: I'll set up a demo system for you by the twenty-first of August.
! C COMMITTED Yuki 2026-08-21 "I'll set up a demo system for you by the twenty-first of August."
Priya: Second question. When does it have to be there?
Anke: The vaccine season starts in September next year. So the qualification must be finished by June, otherwise I'm doing another autumn with Saturday shifts.
! Q timeline,critical_event 2 "So the qualification must be finished by June, otherwise I'm doing another autumn with Saturday shifts."
Priya: And who needs to say yes?
Anke: Me, Lena for quality, Matthias Krüger for the money. He's our CFO. He's careful, but he's fair.
! Q economic_buyer,authority 1 "Me, Lena for quality, Matthias Krüger for the money."
Priya: In what order?
Anke: Lena writes the user requirements, that's four weeks. Then I take it to the steering committee, which meets on the first Tuesday of each month. Then Matthias. After that the contract goes to legal in the group, Ms Baumann, and that's usually fifteen working days.
! Q decision_process,decision 2 "Then I take it to the steering committee, which meets on the first Tuesday of each month."
! Q paper_process 2 "After that the contract goes to legal in the group, Ms Baumann, and that's usually fifteen working days."
Priya: That's as clear as I've ever heard it. Is there anyone else you are looking at?
Anke: Stelo Systems was here in the spring. Nice people. They've never done a validated site though.
! Q competition 2 "Stelo Systems was here in the spring."
! K Stelo Systems "Stelo Systems was here in the spring."
Priya: Would you introduce us to Mr Krüger before the offer? It would help me understand what he cares about.
Anke: I'll think about it. He prefers to see paper first.
! C REQUESTED Anke - "Would you introduce us to Mr Krüger before the offer?"
Priya: Fair enough.
Lena: I'll send you the template of our user requirements this afternoon, so you see what I'm talking about.
! C COMMITTED Lena 2026-08-05 "I'll send you the template of our user requirements this afternoon"
Yuki: Bath reading.
Lena: Exactly.

=== call
title: Audit trail workshop
format: otter
start: 2026-10-01 14:00
deal: D02
---
Yuki: So, this is the export of yesterday's test run, every line a movement. Lena, it's your show.
Lena: Let me look. Pack number, from, to, time, robot, operator who confirmed. And the hash over the previous line. That's really good. That is better than what our conveyor gives me.
Anke: She's smiling. I'd like that in the minutes.
Lena: I'm impressed, I admit it. One gap though, I don't see who changed a route.
Yuki: Route changes are in a second file. Here.
Lena: Perfect. Then I have nothing to complain about, which is unusual.
Priya: Does that mean the user requirements are met?
Lena: Forty-one of forty-three. The two open ones are about the time server and I'm sure we'll solve those together.
Anke: I showed the simulation to the steering committee on my own, by the way. They loved the part with no Saturday shifts.
! Q champion 2 "I showed the simulation to the steering committee on my own, by the way."
Priya: You did? Thank you so much, Anke.
Anke: I've got the committee's go-ahead for an offer. Matthias wants to see it in the meeting on the tenth of November. There's a little less hurry than you thought, sorry.
Priya: Then I need to move our dates as well. What's he going to look at?
Anke: Payback below two years. And he hates surprises in year three.
! Q decision_criteria 2 "Payback below two years."
Priya: Understood. We'll have the offer with you by the end of October. It's three hundred and twelve thousand, as in the budget frame, and I'll put the five year cost on one page.
! P "It's three hundred and twelve thousand, as in the budget frame, and I'll put the five year cost on one page."
! C COMMITTED - 2026-10-31 "We'll have the offer with you by the end of October."
Lena: And could you send me the calibration certificates of the scanners?
Yuki: Sure, you'll have them on Monday.
! C ACCEPTED Yuki 2026-10-05 "And could you send me the calibration certificates of the scanners?" "Sure, you'll have them on Monday."
Anke: I think this is going to be great. I really do.
Priya: So do I. Thanks, both.

=== call
title: CFO review
format: json
start: 2026-11-10 11:00
deal: D02
---
Priya: Good morning Mr Krüger. Thank you for taking the time.
Matthias: Good morning. Anke speaks highly of you. I've read the paper, the simulation is convincing and I like the five year page very much.
Priya: I'm glad to hear that.
Matthias: It's rare that a supplier shows me year three without being asked. Well done.
Anke: I told you he would like it.
Matthias: I do like it. The payback of twenty months is good.
Priya: Then where would you like to start?
Matthias: With the assumptions. Thirty missing people. Is that still right, Anke?
Anke: It's twenty-eight today. Two came back from parental leave. The rest is unchanged, and the Saturday shifts are still killing us.
Matthias: Good. And the seven missed trucks?
Anke: Nine by now.
Priya: So the case got stronger, if anything.
Matthias: On paper, yes. But I have to tell you where we stand. The third quarter was bad. We lost the tender in Austria, and that is eleven percent of our volume.
Anke+: Oh. I didn't know that was final.
Matthias: Since Friday. It's a mess, frankly.
Priya: I'm sorry. What does it mean for Leipzig?
Matthias: It means the volume that you simulated isn't there any more. I'm worried that we build something for a hall that gets emptier.
! O NEED 2 no "I'm worried that we build something for a hall that gets emptier."
@pause 1.8
Yuki: Would a smaller first step help? The layout works with half of the fleet as well.
Matthias: Half of the fleet costs more than half of the money, I saw that in your table. That's a bad deal for us.
! O PRICE 2 no "That's a bad deal for us."
Priya: That's true for the installation, yes. What would a good first step look like for you?
Matthias: At the moment, none. I can't approve three hundred thousand while I'm cutting travel and training. People would be furious.
! O BUDGET 3 no "I can't approve three hundred thousand while I'm cutting travel and training."
Anke: Matthias, if we wait I lose another team lead. That's a real problem.
Matthias: I know. It's awful. But I have no good answer today.
Priya: Is it a question of this year's money or of the project itself?
Matthias: Of money. And of trust, if you want. I was burnt by an automation project in 2019, it was late, it was over budget and it never worked properly.
! O TRUST 2 no "I was burnt by an automation project in 2019, it was late, it was over budget and it never worked properly."
Priya: I would be careful too after that. Would it help to talk to another CFO who has done this with us?
Matthias: Perhaps. Not now. I don't want to waste anybody's time.
Lena: From the quality side we'd lose the validation slot if this moves. The auditors come in May, and I can't do both.
Matthias: Then we lose it. I'm sorry, that's disappointing for you, I understand.
Lena+: It is. It's four months of work in the bin.
Priya: When will you know more?
Matthias: The board meets on Thursday. I fear they'll stop everything that isn't signed.
Anke+: Everything?
Matthias: Everything. I won't fight for exceptions this time, I can't.
! C NEGATED Matthias - "I won't fight for exceptions this time, I can't."
Priya: Could we send you a version that starts with rental in February, without any capital?
Matthias: You can send it. I can't promise you that anyone will read it.
! C HEDGED Matthias - "I can't promise you that anyone will read it."
Priya: Then I'll send you the rental version by Friday, two pages.
! C COMMITTED Priya 2026-11-13 "Then I'll send you the rental version by Friday, two pages."
Matthias: Fine. I must go, the bank is waiting. This isn't how I wanted this meeting to go.
Anke: Me neither.
Priya: Thank you for being straight with us.

=== mail
thread: brueckner-freeze
from: Anke
to: Priya
cc: Lena
date: 2026-11-12 17:48
subject: Leipzig - bad news from the board
deal: D02
opts: sig=outlook
---
Hi Priya,

it happened. The board has put a freeze on all new investments until the end of January, and Leipzig is on the list.
! F freeze "The board has put a freeze on all new investments until the end of January, and Leipzig is on the list."
! O BUDGET 3 unknown "The board has put a freeze on all new investments until the end of January, and Leipzig is on the list."

Nothing will be signed this year. I am angry and I needed to tell you myself. Matthias said that the project is good and the timing is bad.
! O TIMING 3 unknown "Matthias said that the project is good and the timing is bad."

I might be able to get the rental idea onto the agenda in February, but please do not build on it.
! C HEDGED Anke - "I might be able to get the rental idea onto the agenda in February, but please do not build on it."

Anke

=== mail
thread: brueckner-freeze
from: Priya
to: Anke
cc: Lena
date: 2026-11-13 09:30
deal: D02
opts: sig=internal
---
Hi Anke,

thank you for telling me so quickly, I know it was not an easy mail to write.

The rental version is attached to this thread in the customer portal. I will call you on 25 November, after your town hall, only to hear how you are.
! C COMMITTED Priya 2026-11-25 "I will call you on 25 November, after your town hall, only to hear how you are."

Priya

=== note
path: notes/2026-11-10 CFO review Leipzig.txt
title: CFO review Leipzig, debrief
date: 2026-11-10 12:30
by: Priya
deal: D02
---
CFO review Leipzig, debrief (Priya)

He opened warm and closed cold. Austria tender lost, 11 percent of volume. Expect a stop on Thursday.
Payback 20 months was accepted. Nobody doubts the product.
Lena loses her validation slot in May if we slip past December.
Close date moved to 18 December in the CRM, but I do not believe in it myself.

=== document
path: documents/2026-09-14 brueckner-user-requirements-extract.html
title: User requirements, extract
date: 2026-09-14 10:00
by: Lena
deal: D02
---
<!DOCTYPE html>
<html lang="en">
<head><title>User requirements, extract</title></head>
<body>
<h1>User requirements, extract</h1>
<p>Brückner Pharma, site Leipzig. Author: Lena Hoffmann. Version 0.9.</p>
<table>
<tr><th>No.</th><th>Requirement</th><th>Weight</th></tr>
<tr><td>UR-04</td><td>Every movement of a controlled pack is recorded with time, place and person.</td><td>must</td></tr>
<tr><td>UR-11</td><td>Records are kept for eleven years and can be exported without the vendor.</td><td>must</td></tr>
<tr><td>UR-17</td><td>The temperature at the carrier stays between 15 and 25 degrees.</td><td>must</td></tr>
<tr><td>UR-23</td><td>A stopped carrier can be moved by one person without tools.</td><td>should</td></tr>
</table>
<p>Selection is by must criteria first, then by five year cost, then by references in the pharmaceutical industry.</p>
</body>
</html>
! Q decision_criteria,decision 2 "Selection is by must criteria first, then by five year cost, then by references in the pharmaceutical industry."
! W eleven-years "Records are kept for eleven years and can be exported without the vendor."

=== call
title: Leeds chilled pick, first look
format: zoom
start: 2026-09-22 11:30
deal: D03
---
Priya: Hi Graham, good to meet you. Is it really four degrees where you're standing?
Graham: Three and a half. I've got two jumpers on. Give us a sec, I'll go in the office.
Priya: Take your time.
Graham: Right. That's better. So, what have you got for a cold old man?
Priya: First I'd like to hear what you have got. What's the trouble with the chilled pick?
Graham: People. Nobody wants to work in it. I've got sixty positions and I'm running on forty-four. Sickness is at twelve percent, the site average is five.
! Q identify_pain,pain,need 2 "I've got sixty positions and I'm running on forty-four."
Priya: And what does that do to the stores?
Graham: Shorts. Last week we shorted nineteen stores on milk. Milk! You can imagine the phone calls.
! Q impact 2 "Last week we shorted nineteen stores on milk."
Yuki: How do you pick at the moment, cages or totes?
Graham: Cages on the flat, by voice. One person, one cage, six hundred metres a trip.
! Q situation 2 "Cages on the flat, by voice. One person, one cage, six hundred metres a trip."
Yuki: The Hauler can pull a cage. It's rated down to minus five.
Graham: Is it now. Have you got it running in any chiller I could ring up?
Yuki: Not in a grocery chiller. We've a cold store in trials, the freezer one is still on paper.
Graham: See, that's my problem. I'm not going to be the guinea pig, I've no reference to show upstairs.
! O TRUST 2 partly "I'm not going to be the guinea pig, I've no reference to show upstairs."
Priya: What would count as proof for the people upstairs?
Graham: If I could stand next to one that does it for real. Any chiller. Even in Germany.
Priya: There's a dairy that runs two haulers at five degrees. I'll ask them whether you may visit.
! C COMMITTED Priya - "I'll ask them whether you may visit."
Graham: That'd do it, I reckon. A dairy's near enough.
Priya: Who is upstairs, by the way?
Graham: Helen, Helen Ashdown, the COO. She holds the purse. I'll not put you in front of her until I've seen one work, mind.
! Q economic_buyer,authority 1 "Helen, Helen Ashdown, the COO. She holds the purse."
! C NEGATED Graham - "I'll not put you in front of her until I've seen one work, mind."
Priya: Understood. Would you send me the temperature log and the cage drawing?
Graham: Aye, I'll dig them out and get them to you by next Friday.
! C ACCEPTED Graham 2026-10-02 "Would you send me the temperature log and the cage drawing?" "Aye, I'll dig them out and get them to you by next Friday."
Priya: Wonderful. Stay warm.

=== call
title: Leeds after the dairy visit
format: text
start: 2026-10-28 16:00
deal: D03
---
Priya: So, Graham, how was the dairy?
Graham: Champion. I drove one myself, well, I stood in front of it and it stopped. The lads there said they'd not go back.
Priya: So the reference question is settled for you?
Graham: For me, aye. It's for Helen that I'd want it in writing.
Priya: We'll have the dairy's letter in the offer. Now, the offer itself. It will be about one hundred and twenty-eight thousand for two haulers, twelve cage hooks and the software.
! P "It will be about one hundred and twenty-eight thousand for two haulers, twelve cage hooks and the software."
Graham: That's a fair whack. I can sign for ten. Anything over is Helen, and over a hundred it's Helen and the investment committee.
! O AUTHORITY 2 unknown "I can sign for ten. Anything over is Helen, and over a hundred it's Helen and the investment committee."
Priya: Then it would really help to have Helen in the next call, even for fifteen minutes.
Graham: She'll not come. She's opening stores until Christmas. Let me have the paper and I'll carry it.
! C HEDGED Graham - "Let me have the paper and I'll carry it."
Priya: Is there anybody else, finance or IT, I could talk to in the meantime?
Graham: I'd rather you didn't, just yet. I know how they are.
Priya: All right. When does the committee meet?
Graham: Second week of December, I think. Don't quote me.
Priya: And what happens for the Christmas peak if nothing changes?
Graham: I'll have agency folk in at thirty quid an hour, same as last year. Cost us two hundred and ten thousand pounds between October and January.
! Q metrics,impact 2 "Cost us two hundred and ten thousand pounds between October and January."
Yuki: That alone would pay for it.
Graham: I know it would, son. You don't need to tell me, you need to tell Helen.
Priya: Which you won't let me.
Graham: Which I won't let you, no. Not yet.
Priya: I'll send you the offer on the twelfth of November.
! C COMMITTED Priya 2026-11-12 "I'll send you the offer on the twelfth of November."
Graham: Grand. I'll have a read of it the same weekend, if the new rota's done by then.
! C HEDGED Graham - "I'll have a read of it the same weekend, if the new rota's done by then."

=== mail
thread: orchard-offer
from: Priya
to: Graham
date: 2026-11-12 15:05
subject: Offer: Leeds chilled pick pilot
deal: D03
opts: sig=internal html
---
Hi Graham,

as promised, here is the link to the offer. It includes the letter from the dairy on page four and a one-page summary that you can hand to Helen as it is.

Shall we walk through it together on 26 November at ten?
! C REQUESTED - - "Shall we walk through it together on 26 November at ten?"

Priya

=== mail
thread: orchard-offer
from: Graham
to: Priya
date: 2026-11-17 06:12
deal: D03
opts: sig=mobile
---
Morning. Not opened it yet, two lads off sick and the rota's a mess. 26th at ten is fine by me.

G

=== call
title: Flow study results
format: gong
start: 2026-09-08 14:00
deal: D29
---
Priya: Bonjour à tous. Bastien, you have seen the draft of the study, I believe.
Bastien: I have, and I made some remarks. Mostly it's very good. The part about the wing kits surprised us.
Amélie: Which part?
Bastien: A wing kit travels four kilometres before it's installed. We believed it was one.
! Q metrics 2 "A wing kit travels four kilometres before it's installed. We believed it was one."
Amélie: Four? That's absurd.
Yuki: It goes to the buffer in building seven and comes back, because the crane is booked in the morning.
Amélie: I see. And the effect?
Yuki: About nine hours of waiting per aircraft. We measured it over eleven aircraft.
Bastien: I checked it with the line leaders and they confirm it.
Priya: That's the main finding. We would suggest three measures, none of which needs robots on the first day.
Amélie: That's refreshing. You sell robots, no?
Priya: We do. But you paid for a study.
Amélie: Good. What do you need from me to close this?
Priya: Your signature on the acceptance form, and your view on whether we should look at building seven in detail.
Amélie: The form I'll sign today. Building seven, yes, but after the audit in October.
! C COMMITTED Amélie 2026-09-08 "The form I'll sign today."
Bastien: Could you present the results to the line leaders too? They like to see their numbers.
Yuki: With pleasure. I'll do that on the fifteenth.
! C ACCEPTED Yuki 2026-09-15 "Could you present the results to the line leaders too?" "I'll do that on the fifteenth."
Amélie: Bien. And send the invoice please, otherwise it falls into the next quarter.
Priya: The invoice goes out tomorrow, I'll see to it.
! C ACCEPTED Priya 2026-09-09 "And send the invoice please, otherwise it falls into the next quarter." "The invoice goes out tomorrow, I'll see to it."
Amélie: Merci. That was worth the money.

=== call
title: Final assembly, opening conversation
format: zoom
start: 2026-10-29 10:00
deal: D16
---
Priya: Good morning. Amélie, you said building seven had become something bigger.
Amélie: It has. The audit was hard on our logistics. I want to redo the whole flow of the final assembly, four buildings, and I want to do it before the rate goes up.
Priya: What rate is that?
Amélie: We go from five aircraft a month to seven in June 2027. With nine hours of waiting for each aircraft we cannot do seven. If we miss it there are penalties from the airline and our president explains himself in the press.
! Q critical_event,timeline,impact 2 "We go from five aircraft a month to seven in June 2027. With nine hours of waiting for each aircraft we cannot do seven."
Bastien: I've told everybody that your study is the basis. I sent it to the four building managers last week.
! Q champion 2 "I sent it to the four building managers last week."
Priya: Thank you, Bastien. What will the building managers say?
Bastien: Two will love it, two will ask what it means for their people.
Yuki: What is the heaviest thing that moves between the buildings?
Bastien: A landing gear on its dolly, two point eight tonnes. Your Hauler can't do that, I think.
Yuki: Not today. It's rated for one point two.
Bastien: Then it's a missing piece for us, if the gear still goes by tractor we've only solved half of it.
! O FIT 2 partly "Then it's a missing piece for us, if the gear still goes by tractor we've only solved half of it."
Yuki: How many gear moves are there a month, compared to kit moves?
Bastien: Ten. Against, what, three thousand kits.
Yuki: So less than half a percent of the moves.
Bastien: True. Okay, for the start I can live with a tractor.
Nadia: May I? I'm responsible for site security. Nothing with a camera may enter building three and four without an export control clearance. That takes eight weeks and it's done by my office.
! Q paper_process 2 "That takes eight weeks and it's done by my office."
! O SECURITY_PRIVACY 2 unknown "Nothing with a camera may enter building three and four without an export control clearance."
Priya: Thank you, Nadia, that's important. What do you need from us to start?
Nadia: The data sheet of every sensor. And the names of people with access.
Yuki: I'll send the sensor sheets to you by the sixth of November.
! C COMMITTED Yuki 2026-11-06 "I'll send the sensor sheets to you by the sixth of November."
Amélie: About money. The board has given me seven hundred thousand for the flow programme in the next fiscal year.
! Q budget,economic_buyer,authority 2 "The board has given me seven hundred thousand for the flow programme in the next fiscal year."
Priya: And the way to a decision?
Amélie: Design workshop in December. Concept to the industrial committee in February. Then a call for offers with two suppliers, you're one, and the contract in May.
! Q decision_process,decision 2 "Concept to the industrial committee in February. Then a call for offers with two suppliers, you're one, and the contract in May."
Priya: Who's the other one?
Amélie: I won't tell you that.
Bastien: Everyone knows it's Quantor.
! Q competition 2 "Everyone knows it's Quantor."
! K Quantor Motion "Everyone knows it's Quantor."
Amélie: Bastien.
Bastien: Pardon.
Priya: Then let's fix the workshop. The third of December?
Amélie: The third works. My assistant will send the invitation.

=== call
title: Workshop preparation
format: teams
start: 2026-11-17 09:30
deal: D16
---
Bastien: Hello Priya, hello Yuki. I have the agenda in front of me.
Priya: Great. Is there anything on it that Amélie would take off?
Bastien: The robot demonstration. She wants the flow first, on paper, with the four managers drawing it themselves.
Yuki: I like that. I'll bring the big sheets and the magnets.
! C COMMITTED Yuki - "I'll bring the big sheets and the magnets."
Bastien: Very good. What I'd need from you is the list of kit moves by hour, from the study, in a format that they can read.
Yuki: By when would you need it?
Bastien: A week before. The twenty-sixth?
Yuki: You'll have the list on the twenty-sixth of November.
! C COMMITTED Yuki 2026-11-26 "You'll have the list on the twenty-sixth of November."
Priya: And your side, did the two sceptical managers accept the invitation?
Bastien: One did. The other one says he'll decide on the day. I'm going to have lunch with him on Thursday, that usually works.
Priya: You're the best. How is Nadia's clearance going?
Bastien: She has your sensor sheets and no questions, which from Nadia is a love letter.
Yuki: I'll frame it.
Bastien: One more thing. The works council wants to send somebody. Is that a problem for you?
Priya: On the contrary. The earlier the better.
Bastien: Good. I thought you'd say that.
Priya: Then we're set for the third. Thank you, Bastien.

=== mail
thread: corvane-workshop
from: Amélie
to: Priya, Yuki
cc: Bastien, Nadia
date: 2026-11-02 08:50
subject: Invitation: design workshop final assembly
deal: D16
opts: sig=outlook
ics: REQUEST 2026-12-03 09:00 420 Design workshop final assembly
---
Dear Priya, dear Yuki,

please find the invitation for the design workshop on 3 December in Toulouse, building 1, room Latécoère. Lunch is on us.

You need a badge. Please send Nadia your passport numbers by the end of the week.
! C REQUESTED - 2026-11-06 "Please send Nadia your passport numbers by the end of the week."

=== mail
thread: corvane-workshop
from: Priya
to: Amélie
cc: Bastien, Nadia, Yuki
date: 2026-11-02 09:41
deal: D16
opts: sig=internal html
---
Dear Amélie,

we will be there, both of us. Nadia will get the passport details by encrypted mail tomorrow.
! C COMMITTED - 2026-11-03 "Nadia will get the passport details by encrypted mail tomorrow."

Looking forward to it,
Priya

=== document
path: documents/2026-09-08 corvane-flow-study-summary.md
title: Flow study Toulouse, summary
date: 2026-09-08 09:00
by: Yuki
deal: D29
---
# Flow study Toulouse, summary

Measured from 27 July to 28 August 2026 over eleven aircraft.

1. A wing kit travels 4.1 km before it is installed; the plan said 1.0 km.
2. Waiting caused by late kits is 9.2 hours per aircraft.
! W wing-wait "Waiting caused by late kits is 9.2 hours per aircraft."
3. Sixty-two percent of the moves end in building 7, where the crane is booked until eleven each morning.

## Measures

- Move the crane slot of building 7 to the late shift.
- Merge the two kit lists of the wing.
- Replace the tractor rounds between buildings 1 and 7 by small loads on demand.
