// The portal of one subscription: another card, or the end. What Conekta's own page offers is not documented.
#include <array>

#include "emulator/conekta/pages/page_parts.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

HttpResponse PortalForm(World& world, const Call& call, const Language& language, const Subscription& subscription,
                        int status, std::string_view problem) {
  const Plan* plan = world.conekta.plans.Find(subscription.plan_id);
  Page page = PageOfConekta(language, language.Say("Tu suscripci\u00f3n", "Your subscription"));
  page.body = Problem(problem) + "<section class=\"card\">\n<h1>" + Escape(plan == nullptr ? "" : plan->name) +
              "</h1>\n<dl>\n<div><dt>" + language.Say("Estado", "Status") + "</dt><dd data-status>" +
              Escape(subscription.status) + "</dd></div>\n";
  if (subscription.cycle_end) {
    page.body += "<div><dt>" + language.Say("Pagado hasta", "Paid until") + "</dt><dd>" +
                 TimeText(language, *subscription.cycle_end) + "</dd></div>\n";
  }
  page.body += "</dl>\n</section>\n";
  if (subscription.status != "canceled" && subscription.status != "expired") {
    const Entered entered = {call.request.method == "POST" ? ParseForm(call.request.body) : FormFields{}};
    page.body += Section(
        language.Say("Otra tarjeta", "Another card"),
        Form(call, language,
             Hidden("what", "card") + CardFields(language, entered) + Button("card", language.Say("Guardar", "Save"))));
    page.body +=
        Section(language.Say("Cancelar", "Cancel"),
                Form(call, language,
                     Hidden("what", "cancel") + Button("cancel", language.Say("Cancelar ahora", "Cancel now"))));
  }
  return PageAnswer(status, page);
}

template <class Act>
HttpResponse WithPortal(World& world, const Call& call, Act act) {
  const Language language(call);
  const auto found = world.conekta.subscription_by_slug.find(call.path[0]);
  Subscription* subscription =
      found == world.conekta.subscription_by_slug.end() ? nullptr : world.conekta.subscriptions.Find(found->second);
  if (subscription != nullptr) return act(language, *subscription);
  return Note(404, language, language.Say("No existe", "No such page"),
              language.Say("Este enlace no es de una suscripci\u00f3n.", "This link belongs to no subscription."));
}

HttpResponse ShowPortal(World& world, const Call& call) {
  return WithPortal(world, call, [&](const Language& language, Subscription& subscription) {
    return PortalForm(world, call, language, subscription, 200, "");
  });
}

HttpResponse ChangePortal(World& world, const Call& call) {
  return WithPortal(world, call, [&](const Language& language, Subscription& subscription) {
    const FormFields form = ParseForm(call.request.body);
    const std::string what = FieldOf(form, "what");
    Customer* customer = CustomerWithId(world, subscription.customer_id);
    if (what == "cancel") CancelSubscription(world, subscription, "user_cancelation");
    if (what == "card" && customer != nullptr) {
      TypedCard typed = CardOfForm(world, language, form);
      if (!typed.problem.empty()) return PortalForm(world, call, language, subscription, 422, typed.problem);
      subscription.card_id = SaveCard(world, *customer, std::move(typed.card)).id;
      Tell(world, "subscription.updated", RenderSubscription(world, subscription));
      if (subscription.status == "past_due") RetryNow(world, subscription);
    }
    return SeeOther(call.request.url.substr(0, call.request.url.find('?')) + (language.is_english() ? "?lang=en" : ""));
  });
}

}  // namespace

std::span<const Route> PortalRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/conekta/subscription/management/{slug}", Access::kPublic, ShowPortal},
      Route{"POST", "/conekta/subscription/management/{slug}", Access::kPublic, ChangePortal},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
