// A small model does not call tools by itself: shown here is that a real engine takes what the tool loop sends, and
// that a described struct's schema, enforced by its grammar, gives what can be read into the struct.

#include <gtest/gtest.h>
#include <antiphon/antiphon.hpp>
#include <antiphon/describe.hpp>

#include "real/colour.hpp"
#include "real/real_model.hpp"

namespace antiphon_tests {

using namespace antiphon;

struct Thing {
  Colour colour = Colour::red;
  bool heavy = false;
  std::vector<Colour> others;
};
void describe(Fields<Thing>& fields) {
  fields.field("colour", &Thing::colour);
  fields.field("heavy", &Thing::heavy);
  fields.field("others", &Thing::others).at_least(1).at_most(2);
}

namespace {

Options repeatable_call() { return Options().temperature(0).seed(1).max_tokens(48); }

TEST(RealTools, a_call_with_tools_ends_with_an_answer_or_at_a_limit) {
  bool read = true;
  const auto look = tool("look", "Looks at a thing", [&read](const Thing& thing) {
    read = read && thing.others.size() <= 2;
    return "It is there.";
  });
  for (const bool streamed : {false, true}) {
    const Options options = repeatable_call().tools(look).tool_loop(ToolLoop().max_steps(2));
    const Result<Response> result = streamed ? real_model().stream("Look at the red thing.", options).try_collect()
                                             : real_model().try_chat("Look at the red thing.", options);
    if (result) {
      EXPECT_GT(result->usage().output_tokens().value_or(0), 0);
    } else {
      EXPECT_EQ(result.error().kind(), ErrorKind::tool_limit) << result.error().what();
    }
  }
  EXPECT_TRUE(read);
}

TEST(RealTools, a_history_with_calls_and_results_is_taken) {
  Message call(Role::assistant);
  call.add(Part::tool_call("c1", "look", R"({"colour":"red","heavy":true,"others":["blue"]})"));
  Message result(Role::tool);
  result.add(Part::tool_result("c1", "It is heavy.", false, "look"));
  const Messages messages = Messages().user("Look at the red thing.").add(call).add(result);
  const auto look = tool("look", "Looks at a thing", [](const Thing&) { return "It is there."; });
  const Response response =
      real_model().chat(messages, repeatable_call().tools(look).tool_choice(ToolChoice::Kind::none));
  EXPECT_GT(response.usage().input_tokens().value_or(0), 0);
}

TEST(RealTools, the_schema_of_a_struct_gives_answers_that_can_be_read) {
  const Response response = real_model().chat(
      "Describe a thing.", repeatable_call().response_format(JsonSchema(schema_of<Thing>(true), "thing")));
  const Result<Thing> thing = try_read_json<Thing>(response.content());
  ASSERT_TRUE(thing) << thing.error().what() << " in " << response.content();
  EXPECT_GE(thing->others.size(), 1U);
  EXPECT_LE(thing->others.size(), 2U);
}

}  // namespace
}  // namespace antiphon_tests
