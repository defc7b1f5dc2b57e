package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Writes calls between an agent and people who do not exist: numbers of the range reserved for
 * fiction, addresses under example.com. The same seed and the same order of questions give the same
 * calls.
 */
final class FictionalCalls {

  /** How a call ended, which is what its evaluation says. */
  enum Ending {
    QUALIFIED("qualified_lead", "positive", "completed", "human"),
    CALLBACK("callback_requested", "neutral", "completed", "human"),
    NOT_INTERESTED("not_interested", "negative", "ended_by_customer", "human"),
    WRONG_PERSON("wrong_person", "neutral", "ended_by_assistant", "human"),
    VOICEMAIL("voicemail", "neutral", "ended_by_assistant", "machine");

    private final String outcome;
    private final String sentiment;
    private final String status;
    private final String answeredBy;

    Ending(String outcome, String sentiment, String status, String answeredBy) {
      this.outcome = outcome;
      this.sentiment = sentiment;
      this.status = status;
      this.answeredBy = answeredBy;
    }
  }

  /** What calls of a population weigh. */
  static final int POPULATION_BYTES = 3_800;

  /** What an ordinary call of the live simulation weighs. */
  private static final int LIVE_BYTES = 2_600;

  /** What a segment and a line of a transcript weigh beside their words. */
  private static final int SEGMENT_BYTES = 60;

  private static final int LINE_BYTES = 1;

  private record Campaign(
      int id, String name, String assistant, String voice, String product, String need) {}

  private static final List<Campaign> CAMPAIGNS =
      List.of(
          new Campaign(
              1, "Rooftop Solar Check", "Solar Advisor", "Mara", "solar roof", "power bill"),
          new Campaign(
              2, "Fleet Cover Autumn", "Fleet Advisor", "Theo", "fleet cover", "insurance premium"),
          new Campaign(
              3, "Office Coffee Trial", "Coffee Concierge", "Ida", "coffee service", "coffee bill"),
          new Campaign(
              4, "Booking Desk Demo", "Demo Planner", "Jonas", "booking desk", "missed bookings"));

  private static final String[] FIRST_NAMES = {
    "Amara", "Bruno", "Celeste", "Dario", "Elin", "Farid", "Greta", "Hugo", "Imani", "José",
    "Keiko", "Lars", "Maeve", "Nadia", "Owen", "Priya", "Quentin", "Renée", "Sunniva", "Tariq",
    "Ulla", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoë", "Jürgen", "Beatrix", "Callum", "Delphine"
  };
  private static final String[] LAST_NAMES = {
    "Abernethy", "Birchwood", "Castellan", "Dunmore", "Eastlake", "Fennimore", "Grünwald",
    "Hollowell", "Inverness", "Juniper", "Kingsley", "Lindqvist", "Marchetti", "Northcott",
    "Okafor", "Pemberton", "Quillfeather", "Rosenthal", "Sandoval", "Thistlewood", "Underhill",
    "Vandermeer", "Whitlock", "Yarrow", "Zielinska", "Ashdown", "Bellweather", "Crabtree"
  };
  private static final String[] COMPANY_NAMES = {
    "Tallowmere", "Brambleby", "Quillfern", "Oxbow & Thyme", "Larkspire", "Mossgate",
    "Copperfinch", "Halcyon Row", "Pebblewick", "Saltmarsh", "Thornapple", "Wending Oak",
    "Foxhollow", "Gable & Wren", "Inkwell Lane", "Juniper Dock"
  };
  private static final String[] TRADES = {
    "Logistics",
    "Foods",
    "Studios",
    "Dental",
    "Interiors",
    "Bakery",
    "Cycles",
    "Gardens",
    "Joinery",
    "Textiles",
    "Catering",
    "Veterinary"
  };
  private static final String[] CITIES = {
    "Alderbrook", "Port Wexley", "Stonehaven Falls", "Millbridge", "East Farrow", "Lakemoor"
  };
  private static final String[] AREA_CODES = {
    "202", "206", "212", "303", "312", "404", "415", "503", "512", "602", "617", "702", "713", "818"
  };

  /** Agent and customer in turn, what a call's middle is made of. */
  private static final String[] EXCHANGES = {
    "To start with, could you tell me roughly what your {need} looks like in a normal month?",
    "It moves around, but I would say close to {amount} dollars, and it has gone up twice this"
        + " year.",
    "That is helpful, thank you. And how many people work at {company} at the moment?",
    "We are {people} in {city}, plus a handful of helpers when the season starts.",
    "Have you looked at a {product} before, or would this be the first time for you?",
    "We had somebody here two years ago, but the offer was hard to understand, so we let it go.",
    "I see. What would have to be different this time so that it makes sense for you?",
    "Honestly, a clear price for the whole year, and somebody I can call when it does not work.",
    "Every customer of ours has one named contact. May I ask who else takes part in the decision?",
    "My partner does the books, so she would want to see the numbers before we sign anything.",
    "Of course. Is there a date by which you would like to have this settled?",
    "Before the end of the quarter would be good, because the old contract renews on its own then.",
    "Then we should not lose time. Would a short visit in {city} be all right, or rather a video"
        + " call?",
    "A video call is easier for us. Mornings are better, the afternoons get busy in the shop.",
    "Understood. What matters more to you: the lowest monthly cost or the shortest commitment?",
    "The commitment. We may move to a bigger place next year, and I do not want to be tied down.",
    "There is a plan that can move with you. It costs {fee} dollars more a month, nothing else"
        + " changes.",
    "That sounds fair. Does it include the installation, or does that come on top?",
    "The installation is included, and it usually takes half a day. Do you have somebody on site?",
    "Yes, somebody is there from seven in the morning. They would need a day's notice, though.",
    "Noted. May I ask how you heard about us, if you remember?",
    "A neighbour two doors down uses it and keeps talking about it, so I became curious.",
    "That is nice to hear. Is there anything about the {product} that worries you?",
    "Only what happens when it breaks. Last winter we waited nine days for a spare part.",
    "We keep the usual parts in {city} and answer within one working day. It is in the agreement.",
    "Good. I would want that in writing, but then it is a point in your favour.",
    "I will make sure that it is in the papers. Shall I also add a comparison with your present"
        + " costs?",
    "Please do, on one page if you can. The last one we got had forty pages and nobody read it."
  };

  private final Random random;

  FictionalCalls(long seed) {
    random = new Random(seed);
  }

  /** Returns one of the endings that make no lead although there was a long talk. */
  Ending rejectionAfterTalk() {
    return random.nextInt(4) == 0 ? Ending.CALLBACK : Ending.NOT_INTERESTED;
  }

  /** Returns one of the endings that make no lead. */
  Ending rejection() {
    int roll = random.nextInt(10);
    if (roll < 5) {
      return Ending.NOT_INTERESTED;
    }
    if (roll < 7) {
      return Ending.CALLBACK;
    }
    return roll < 9 ? Ending.VOICEMAIL : Ending.WRONG_PERSON;
  }

  /** Returns a finished and evaluated call that is as long as its ending lets expect. */
  SandboxCall finished(long id, Instant createdAt, Ending ending) {
    boolean hardlyATalk = ending == Ending.VOICEMAIL || ending == Ending.WRONG_PERSON;
    return finished(id, createdAt, ending, hardlyATalk ? 0 : LIVE_BYTES);
  }

  /**
   * Returns a finished and evaluated call. Calls with an odd id have the documented shapes, the
   * others transcripts in segments and evaluations as arrays.
   *
   * @param bytes what its JSON should weigh, within a few hundred
   */
  SandboxCall finished(long id, Instant createdAt, Ending ending, int bytes) {
    Campaign campaign = CAMPAIGNS.get(random.nextInt(CAMPAIGNS.size()));
    String first = pick(FIRST_NAMES);
    String last = pick(LAST_NAMES);
    String house = pick(COMPANY_NAMES);
    String company = house + " " + pick(TRADES);
    String city = pick(CITIES);
    boolean contactInEvaluation = random.nextInt(5) == 0;
    boolean segments = id % 2 == 0;

    ObjectNode variables = Json.object();
    variables.put("customer_name", first + " " + last);
    variables.put("company", company);
    variables.put("city", city);
    variables.put("interest_level", ending == Ending.QUALIFIED ? "high" : "unknown");
    if (!contactInEvaluation) {
      variables.put("email", email(first, last, house));
    }

    ObjectNode evaluation = Json.object();
    evaluation.put("sentiment", ending.sentiment);
    evaluation.put("outcome", ending.outcome);
    evaluation.put("score", score(ending));
    evaluation.put("summary", summary(ending, first, company, campaign));
    if (contactInEvaluation) {
      evaluation.put("email", email(first, last, house));
    }
    if (ending == Ending.QUALIFIED || ending == Ending.CALLBACK) {
      LocalDate day = LocalDate.ofInstant(createdAt, ZoneOffset.UTC);
      evaluation.put("follow_up_date", day.plusDays(1 + random.nextInt(9)).toString());
    }

    boolean inbound = random.nextInt(6) == 0;
    String phone =
        "+1" + pick(AREA_CODES) + String.format(Locale.ROOT, "55501%02d", random.nextInt(100));
    SandboxCall call =
        SandboxCall.qualified(id)
            .createdAt(createdAt)
            .belongsTo(campaign.id(), campaign.id())
            .with("assistant_name", campaign.assistant())
            .with("campaign_name", inbound ? null : campaign.name())
            .type(inbound ? "inbound" : "outbound")
            .phone(phone)
            .status(ending.status)
            .with("answered_by", ending.answeredBy)
            .with("variables", variables)
            .with("evaluation", evaluation);
    if (segments) {
      call = call.evaluationAsArray();
    }
    int room = bytes - call.transcript("").bytes().length;
    Dialogue dialogue = new Dialogue(campaign, first, company, city);
    String transcript = dialogue.text(ending, room, segments ? SEGMENT_BYTES : LINE_BYTES);
    int duration = Math.max(9, transcript.length() / 14);
    double cost = Math.round(duration * 0.9) / 10_000.0;
    call =
        call.transcript(transcript)
            .with("duration", duration)
            .with("carrier_cost", cost)
            .with("total_cost", Math.round(cost * 12_500) / 10_000.0)
            .updatedAt(createdAt.plusSeconds(duration + 60L));
    return segments ? call.transcriptAsSegments() : call;
  }

  private double score(Ending ending) {
    return switch (ending) {
      case QUALIFIED -> 7 + random.nextInt(31) / 10.0;
      case CALLBACK -> 4 + random.nextInt(21) / 10.0;
      default -> random.nextInt(31) / 10.0;
    };
  }

  private static String summary(Ending ending, String first, String company, Campaign campaign) {
    return switch (ending) {
      case QUALIFIED ->
          first
              + " of "
              + company
              + " wants a clear yearly price for a "
              + campaign.product()
              + " and agreed to a video call; decides this quarter.";
      case CALLBACK -> first + " was in a meeting and asked to be called again next week.";
      case NOT_INTERESTED -> first + " is content with the present supplier and ended the call.";
      case WRONG_PERSON -> first + " no longer decides about this at " + company + ".";
      case VOICEMAIL -> "The call reached a mailbox; no message was left.";
    };
  }

  private static String email(String first, String last, String house) {
    return ascii(first) + "." + ascii(last) + "@" + ascii(house) + ".example.com";
  }

  private static String ascii(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFD)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9]", "");
  }

  private String pick(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** What the two say to each other. */
  private final class Dialogue {

    private final Campaign campaign;
    private final String first;
    private final String company;
    private final String city;

    Dialogue(Campaign campaign, String first, String company, String city) {
      this.campaign = campaign;
      this.first = first;
      this.company = company;
      this.city = city;
    }

    /** Returns lines of "Agent: " and "Customer: " that fill the room, each with its overhead. */
    String text(Ending ending, int room, int overheadOfLine) {
      StringBuilder text = new StringBuilder();
      String opening =
          "Agent: Good day, this is {voice} calling for the {campaign} team. Am I speaking with"
              + " {first}?\n";
      text.append(filled(opening));
      text.append(filled(answerTo(ending)));
      String closing = filled(closing(ending));
      int lines = 5;
      List<Integer> order = new ArrayList<>();
      while (true) {
        if (order.isEmpty()) {
          for (int i = 0; i < EXCHANGES.length; i += 2) {
            order.add(i);
          }
          Collections.shuffle(order, random);
        }
        int next = order.remove(order.size() - 1);
        String exchange =
            filled("Agent: " + EXCHANGES[next] + "\nCustomer: " + EXCHANGES[next + 1] + "\n");
        int size = text.length() + exchange.length() + closing.length();
        if (size + (lines + 2) * overheadOfLine > room + exchange.length() / 2) {
          return text.append(closing).toString();
        }
        text.append(exchange);
        lines += 2;
      }
    }

    private String answerTo(Ending ending) {
      return switch (ending) {
        case VOICEMAIL -> "Customer: You have reached {company}. We cannot take your call now.\n";
        case WRONG_PERSON -> "Customer: Yes, but I have changed desks. What is it about?\n";
        default -> "Customer: Yes, that's me at {company}. I have a few minutes, go ahead.\n";
      };
    }

    private String closing(Ending ending) {
      return switch (ending) {
        case QUALIFIED ->
            "Agent: Then I will send the invitation for the video call today. Thank you, {first}!\n"
                + "Customer: Great, send it to my e-mail. I look forward to it.";
        case CALLBACK ->
            "Customer: Sorry, I have to run into a meeting. Can you call me again next week?\n"
                + "Agent: With pleasure. Have a good day, {first}.";
        case NOT_INTERESTED ->
            "Customer: I have thought about it, and we will stay with what we have. Please take us"
                + " off the list.\nAgent: I will do that at once. Thank you for your time.";
        case WRONG_PERSON ->
            "Customer: You would have to ask at the front desk who does this now.\n"
                + "Agent: Thank you, I will do that. Goodbye.";
        case VOICEMAIL ->
            "Customer: Please leave your name and number after the tone.\n"
                + "Agent: We will try again another day. Goodbye.";
      };
    }

    private String filled(String template) {
      return template
          .replace("{voice}", campaign.voice())
          .replace("{campaign}", campaign.name())
          .replace("{product}", campaign.product())
          .replace("{need}", campaign.need())
          .replace("{first}", first)
          .replace("{company}", company)
          .replace("{city}", city)
          .replace("{people}", String.valueOf(4 + random.nextInt(60)))
          .replace("{amount}", String.valueOf(300 + 50 * random.nextInt(60)))
          .replace("{fee}", String.valueOf(8 + random.nextInt(30)));
    }
  }
}
